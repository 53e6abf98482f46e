// Certificates for tests, made by openssl: another implementation than the one under test.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const KEYS = {
  ec: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
  rsa: ["-newkey", "rsa:2048"],
};

/** A certificate authority in a directory of its own, which goes with the process. */
export class Authority {
  #directory = mkdtempSync(join(tmpdir(), "heaphound-ca-"));
  #count = 0;

  constructor() {
    process.on("exit", () => rmSync(this.#directory, { recursive: true, force: true }));
    const files = this.#files("ca");
    this.#openssl(
      ["req", "-x509", "-nodes", ...KEYS.ec, "-keyout", files.keyFile, "-out", files.certFile, "-days", "2"],
      ["-subj", "/CN=Heaphound test", "-addext", "keyUsage=keyCertSign"],
    );
    this.file = files.certFile;
    this.keyFile = files.keyFile;
  }

  #files(name) {
    return { keyFile: join(this.#directory, `${name}.key`), certFile: join(this.#directory, `${name}.crt`) };
  }

  #openssl(...args) {
    execFileSync("openssl", args.flat(), { stdio: ["ignore", "ignore", "pipe"] });
  }

  /** A certificate that ends in `days` days (0: it ended yesterday), with its key: paths, and what is in them. */
  issue({ names = "IP:127.0.0.1,DNS:localhost", usage = "serverAuth", days = 2, key = "ec" } = {}) {
    const files = this.#files(`leaf${++this.#count}`);
    const request = `${files.certFile}.csr`;
    this.#openssl(
      ["req", "-nodes", ...KEYS[key], "-keyout", files.keyFile, "-out", request],
      ["-subj", "/CN=heaphound-test"],
    );
    const extensions = `${files.certFile}.ext`;
    writeFileSync(extensions, `subjectAltName=${names}\nextendedKeyUsage=${usage}\n`);
    this.#openssl(
      ["x509", "-req", "-in", request, "-CA", this.file, "-CAkey", this.keyFile, "-CAcreateserial", "-sha256"],
      ["-days", String(days === 0 ? -1 : days), "-extfile", extensions, "-out", files.certFile],
    );
    return { ...files, cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) };
  }

  get pem() {
    return readFileSync(this.file);
  }
}

import { execFileSync } from "node:child_process";
import { join } from "node:path";

export interface PemFiles {
  certFile: string;
  keyFile: string;
}

/** A certificate that signs itself, made by openssl; `name` is its subject and the name of its files. */
export function selfSigned(directory: string, name: string): PemFiles {
  const files = { certFile: join(directory, `${name}.crt`), keyFile: join(directory, `${name}.key`) };
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-days", "2"],
      ...["-keyout", files.keyFile, "-out", files.certFile, "-subj", `/CN=${name}`],
      ...["-addext", "subjectAltName=IP:127.0.0.1"],
    ],
    { stdio: "ignore" },
  );
  return files;
}

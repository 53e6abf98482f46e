import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Addresses } from "./addresses.ts";
import { run } from "./command.ts";

/** Who talks to the API server, and as whom. */
const users = {
  admin: "admin,system:masters",
  "controller-manager": "system:kube-controller-manager,",
  scheduler: "system:kube-scheduler,",
  node1: "system:node:node1,system:nodes",
  proxy: "system:kube-proxy,",
} as const;
export type User = keyof typeof users;

/** The files of a cluster's certificate authority, its keys, and a kubeconfig per user. */
export class Keys {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  kubeconfig(user: User): string {
    return this.file(`${user}.conf`);
  }

  async make(addresses: Addresses): Promise<void> {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    await this.certificate("ca", "/CN=heaphound-test-ca", []);
    const names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost"].map(
      (name) => `DNS:${name}`,
    );
    const ips = [addresses.apiService, addresses.node, "127.0.0.1"].map((ip) => `IP:${ip}`);
    await this.certificate("api", "/CN=kube-apiserver", [`subjectAltName=${[...names, ...ips].join(",")}`]);
    await this.certificate("kubelet-client", "/O=system:masters/CN=apiserver", ["extendedKeyUsage=clientAuth"]);
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(this.file("sa.key"), privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    this.writeUsers(addresses);
  }

  /** A self-signed authority when no extensions are given, else a certificate that it signs. */
  private async certificate(name: string, subject: string, extensions: readonly string[]): Promise<void> {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", this.file(`${name}.key`)];
    const signer = extensions.length === 0 ? [] : ["-CA", this.file("ca.crt"), "-CAkey", this.file("ca.key")];
    const added = extensions.flatMap((extension) => ["-addext", extension]);
    const words = ["openssl", "req", "-x509", "-days", "30", "-subj", subject, "-out", this.file(`${name}.crt`)];
    await run([...words, ...key, ...signer, ...added]);
  }

  private writeUsers({ api }: Addresses): void {
    const lines: string[] = [];
    for (const [user, name] of Object.entries(users)) {
      const token = randomBytes(16).toString("hex");
      const [userName, group] = name.split(",");
      lines.push(`${token},${userName},${user}${group ? `,${group}` : ""}`);
      writeFileSync(this.file(`${user}.conf`), JSON.stringify(this.kubeconfigOf(api, token)), { mode: 0o600 });
    }
    writeFileSync(this.file("tokens.csv"), `${lines.join("\n")}\n`, { mode: 0o600 });
  }

  private kubeconfigOf(api: string, token: string): object {
    return {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "heaphound-test", cluster: { server: api, "certificate-authority": this.file("ca.crt") } }],
      users: [{ name: "user", user: { token } }],
      contexts: [{ name: "heaphound-test", context: { cluster: "heaphound-test", user: "user" } }],
      "current-context": "heaphound-test",
    };
  }
}

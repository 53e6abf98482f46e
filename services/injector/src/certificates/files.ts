import { watchFile, unwatchFile } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeyPair } from "./issue.js";

/** Certificates that others keep (cert-manager, a given Secret): tls.crt, tls.key and ca.crt in a mounted directory. */
export class CertificateFiles {
  private readonly path: string;

  constructor(private readonly directory: string) {
    this.path = join(directory, "tls.crt");
  }

  /** Throws when tls.crt or tls.key cannot be read. Without ca.crt pods trust the system's authorities. */
  async read(): Promise<{ own: KeyPair; bundle: string }> {
    const text = (name: string): Promise<string> => readFile(join(this.directory, name), "utf8");
    const [certificate, key] = await Promise.all([text("tls.crt"), text("tls.key")]);
    return { own: { certificate, key }, bundle: await text("ca.crt").catch(() => "") };
  }

  /** The kubelet exchanges a Secret's files by a symbolic link, which inotify on a file misses: hence by polling. */
  onChange(listener: () => void): () => void {
    watchFile(this.path, { interval: 5_000, persistent: false }, listener);
    return () => unwatchFile(this.path, listener);
  }
}

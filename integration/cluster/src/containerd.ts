// The node's images and containers, through containerd's own client.
import { attempt, run } from "./command.ts";
import { endedWhy, type Daemon } from "./daemons.ts";
import type { BuiltImages } from "./images.ts";
import { inside, type Sandbox } from "./sandbox.ts";
import { until } from "./until.ts";

/** Inside the sandbox this folder is the cluster's own. */
export const containerdSocket = "/run/containerd/containerd.sock";

/** Lies beside the images, so it is as true as they are there. */
const marker = "/var/lib/containerd/heaphound-images";

export class Containerd {
  private readonly sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  private ctr(...words: string[]): string[] {
    return inside(this.sandbox, ["ctr", "--address", containerdSocket, "--namespace", "k8s.io", ...words]);
  }

  async ready(daemon: Daemon): Promise<void> {
    const answers = async (): Promise<boolean> => (await attempt(this.ctr("version"))).code === 0;
    await until("containerd", answers, { hopeless: () => endedWhy(daemon) });
    await this.forgetContainers();
  }

  /** The store may be one of an earlier cluster: its images are welcome, its containers are not. */
  private async forgetContainers(): Promise<void> {
    const names = (await run(this.ctr("containers", "ls", "--quiet"))).split("\n").filter((name) => name !== "");
    if (names.length > 0) await run(this.ctr("containers", "rm", ...names));
  }

  /** An archive as `docker save` writes it, or an OCI archive. */
  async importArchive(archive: string): Promise<void> {
    await run(this.ctr("images", "import", archive));
  }

  async importBuilt({ fingerprint, saveCommand }: BuiltImages): Promise<void> {
    const known = await attempt(inside(this.sandbox, ["cat", marker]));
    if (known.stdout === fingerprint) return;
    const pipe = 'set -o pipefail; "${@:2:$1}" | "${@:$1+2}"';
    const words = [String(saveCommand.length), ...saveCommand, ...this.ctr("images", "import", "-")];
    await run(["bash", "-c", pipe, "import", ...words]);
    await run(inside(this.sandbox, ["tee", marker]), { input: fingerprint });
  }
}

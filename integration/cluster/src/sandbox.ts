// The cluster's own namespaces. One process holds them; when it is killed, the kernel ends every process and mount of the
// cluster with it, containers included: nothing has to be found and cleaned one by one.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmdirSync, closeSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "./paths.ts";
import { until } from "./until.ts";

const imageStore = join(cacheDir, "containerd");

/** Where components insist on writing. Inside, each is a folder of the cluster's state; outside, nothing changes. */
const ownFolders = [
  "/run/containerd",
  "/run/netns",
  "/var/lib/cni",
  "/var/lib/containerd",
  "/var/lib/kubelet",
  "/var/log/containers",
  "/var/log/pods",
];

/** What identifies a process even if its number is given to another one later. */
export interface ProcessIdentity {
  pid: number;
  startTicks: string;
}

export interface Sandbox {
  holder: ProcessIdentity;
  /** Mount points that were made on the host for it. */
  madeFolders: string[];
}

function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : rest[18];
  } catch {
    return undefined;
  }
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTicks: startTicks(pid) ?? "gone" };
}

export function isAlive({ pid, startTicks: expected }: ProcessIdentity): boolean {
  return startTicks(pid) === expected;
}

/**
 * Process 1 inside. It binds the folders and then only adopts: bash reaps orphans, so that nobody waits for a zombie.
 * Mounts are shared inside, because pods' volumes must reach their containers, and private towards the host.
 */
const holderScript = `
set -e
state=$1; images=$2; shift 2
mount --make-rshared /
for folder in "$@"; do
  mkdir -p "$state$folder"
  mount --bind "$state$folder" "$folder"
done
# Images stay between runs, for one cluster at a time: whoever has the lock.
mkdir -p "$images"
exec 9> "$images.lock"
if flock --nonblock 9; then mount --bind "$images" /var/lib/containerd; fi
mount --make-rshared /run/netns
touch "$state/ready"
sleep infinity &
while :; do wait || :; done
`;

/** Makes the namespaces; the holder goes on when this process ends. */
export async function makeSandbox(stateDir: string): Promise<Sandbox> {
  const madeFolders = makeFolders();
  const ready = join(stateDir, "ready");
  const log = openSync(join(stateDir, "logs/sandbox.log"), "a");
  const flags = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
  const words = [...flags, "bash", "-c", holderScript, "heaphound-cluster", stateDir, imageStore, ...ownFolders];
  const outer = spawn("unshare", words, { detached: true, stdio: ["ignore", log, log], cwd: "/" });
  closeSync(log);
  let ended = false;
  outer.once("exit", () => (ended = true));
  outer.unref();
  const hopeless = (): string | undefined =>
    ended ? readFileSync(join(stateDir, "logs/sandbox.log"), "utf8") : undefined;
  await until("the cluster's namespaces", () => existsSync(ready), { everyMs: 20, hopeless });
  return { holder: identityOf(childOf(outer.pid!)), madeFolders };
}

function makeFolders(): string[] {
  const made: string[] = [];
  for (const folder of ownFolders) {
    if (existsSync(folder)) continue;
    mkdirSync(folder, { recursive: true });
    made.push(folder);
  }
  return made;
}

/** The process that `unshare --fork` started. */
export function childOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return Number(children[0]);
}

/** Ends everything inside. */
export async function endSandbox({ holder, madeFolders }: Sandbox): Promise<void> {
  if (isAlive(holder)) {
    process.kill(holder.pid, "SIGKILL");
    await until("the end of the cluster's processes", () => !isAlive(holder), { everyMs: 20, timeoutMs: 60_000 });
  }
  for (const folder of madeFolders) {
    try {
      rmdirSync(folder);
    } catch {
      // Another cluster or a container runtime of this machine uses it by now.
    }
  }
}

/** Words that run a command inside. */
export function inside({ holder }: Sandbox, words: readonly string[]): string[] {
  return ["nsenter", `--target=${holder.pid}`, "--net", "--mount", "--pid", "--", ...words];
}

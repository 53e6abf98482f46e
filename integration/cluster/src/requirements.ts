import { existsSync, readFileSync, readdirSync } from "node:fs";
import { attempt } from "./command.ts";

const programs: Readonly<Record<string, string>> = {
  go: "Go 1.25 or newer builds Kubernetes (https://go.dev/dl)",
  containerd: "apt-get install containerd",
  ctr: "apt-get install containerd",
  runc: "apt-get install runc",
  nft: "apt-get install nftables",
  ip: "apt-get install iproute2",
  openssl: "apt-get install openssl",
  unzip: "apt-get install unzip",
  nsenter: "apt-get install util-linux",
};

/** Where the CNI plugins of the distribution are. */
export const cniPlugins = ["/usr/lib/cni", "/opt/cni/bin"].find((folder) => existsSync(`${folder}/bridge`));

/** Why no cluster can run on this machine; undefined if one can. */
export async function whyNoCluster(): Promise<string | undefined> {
  if (process.platform !== "linux") return "needs Linux";
  if (process.getuid?.() !== 0) return "needs root: containers, network namespaces and cgroups are made";
  for (const [name, advice] of Object.entries(programs)) {
    if ((await attempt(["sh", "-c", `command -v ${name}`])).code !== 0) return `needs ${name}: ${advice}`;
  }
  if (cniPlugins === undefined) return "needs the CNI plugins: apt-get install containernetworking-plugins";
  return (await whyNoNamespaces()) ?? whyNoCgroups();
}

async function whyNoNamespaces(): Promise<string | undefined> {
  const made = await attempt(["unshare", "--mount", "--pid", "--net", "--fork", "true"]);
  return made.code === 0 ? undefined : `needs to make namespaces: ${made.stderr.trim()}`;
}

function whyNoCgroups(): string | undefined {
  const mounts = readFileSync("/proc/mounts", "utf8");
  const needed = ["cpu", "memory", "pids", "cpuset"];
  if (existsSync("/sys/fs/cgroup/cgroup.controllers")) {
    const have = readFileSync("/sys/fs/cgroup/cgroup.controllers", "utf8").trim().split(" ");
    const missing = needed.filter((name) => !have.includes(name));
    return missing.length === 0 ? undefined : `needs the cgroup controllers ${missing.join(", ")}`;
  }
  const version1 = mounts.includes(" /sys/fs/cgroup tmpfs ") ? readdirSync("/sys/fs/cgroup") : [];
  const missing = needed.filter((name) => !version1.includes(name));
  return missing.length === 0 ? undefined : `needs the cgroup controllers ${missing.join(", ")}`;
}

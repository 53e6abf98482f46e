import { attempt, run } from "./command.ts";

/** The addresses of one cluster: pods, services and the veth pair share one /16, so that several clusters fit on a machine. */
export interface Addresses {
  slot: number;
  host: string;
  node: string;
  pods: string;
  services: string;
  /** ClusterIP of the API server: the first address of the services. */
  apiService: string;
  api: string;
}

const apiPort = 6443;

export function addressesOf(slot: number): Addresses {
  const node = `10.${slot}.255.2`;
  return {
    slot,
    host: `10.${slot}.255.1`,
    node,
    pods: `10.${slot}.0.0/24`,
    services: `10.${slot}.128.0/18`,
    apiService: `10.${slot}.128.1`,
    api: `https://${node}:${apiPort}`,
  };
}

export const hostEnd = (slot: number): string => `hhcluster${slot}`;

/**
 * Takes the first free slot and joins the network namespace of the given process to the host. Adding the interface is what
 * claims a slot: the kernel refuses a second one of the same name.
 */
export async function joinHost(pid: number): Promise<Addresses> {
  for (let slot = 100; slot < 140; slot++) {
    const name = hostEnd(slot);
    const inUse = await run(["ip", "-4", "route", "show", "root", `10.${slot}.0.0/16`]);
    if (inUse.trim() !== "") continue;
    const made = await attempt([
      "ip",
      "link",
      "add",
      name,
      "type",
      "veth",
      "peer",
      "name",
      "node0",
      "netns",
      String(pid),
    ]);
    if (made.code !== 0) {
      if (made.stderr.includes("exists")) continue;
      throw new Error(`ip link add ${name}: ${made.stderr.trim()}`);
    }
    const addresses = addressesOf(slot);
    await configure(name, addresses, pid);
    return addresses;
  }
  throw new Error("10.100.0.0/16 to 10.139.0.0/16 are all in use on this machine");
}

async function configure(name: string, { host, node, pods, services }: Addresses, pid: number): Promise<void> {
  const inside = ["nsenter", "--net", `--target=${pid}`];
  await run(["ip", "addr", "add", `${host}/30`, "dev", name]);
  await run(["ip", "link", "set", name, "up"]);
  await run([...inside, "ip", "addr", "add", `${node}/30`, "dev", "node0"]);
  await run([...inside, "ip", "link", "set", "node0", "up"]);
  await run([...inside, "ip", "link", "set", "lo", "up"]);
  for (const range of [pods, services]) await run(["ip", "route", "add", range, "via", node]);
  // No default route inside: nothing leaves the machine. What the node itself sends to a service needs some route before
  // kube-proxy's rules send it elsewhere.
  await run([...inside, "ip", "route", "add", services, "dev", "lo", "src", node]);
  await run([...inside, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
}

/** The routes and the other end go with it. */
export async function leaveHost(slot: number): Promise<void> {
  await attempt(["ip", "link", "del", hostEnd(slot)]);
}

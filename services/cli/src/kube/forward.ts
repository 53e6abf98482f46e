import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { PortForward, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { CliError, errorText, exitCodes } from "../errors.js";
import { say } from "../output/print.js";
import type { Cluster } from "./cluster.js";

/** Ports of our components, as the chart gives them. */
const PORTS = { api: 7412, gui: 7413, ingester: 7411 } as const;
export type Component = keyof typeof PORTS;
export const COMPONENTS = Object.keys(PORTS);

export function isComponent(name: string): name is Component {
  return COMPONENTS.includes(name);
}

export interface Forwarded {
  url: string;
  close(): void;
}

/** What is used of a WebSocket. */
interface Connection {
  on(event: "close" | "error", listener: () => void): unknown;
  close(): void;
}

export interface ForwardOptions {
  component: Component;
  /** Port on this machine; any free one unless given. */
  port?: number;
}

/** A port of this machine that leads to a component in the cluster, through the API server, as kubectl port-forward does. */
export async function forward(cluster: Cluster, { component, port = 0 }: ForwardOptions): Promise<Forwarded> {
  await readyPod(cluster, component); // better said now than on the first connection
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    join(cluster, component, socket).catch((error: unknown) => {
      say(`port-forward to ${component}: ${errorText(error)}`);
      socket.destroy();
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** One connection. The pod is looked up each time, so that a forward outlives its pods. */
async function join(cluster: Cluster, component: Component, socket: Socket): Promise<void> {
  const pod = await readyPod(cluster, component);
  const { homeNamespace, config } = cluster;
  const joined = new PortForward(config);
  // Without retries it is the connection itself; its type comes from a package whose types are not installed.
  const connection = (await joined.portForward(
    homeNamespace,
    pod,
    [PORTS[component]],
    socket,
    null,
    socket,
  )) as unknown as Connection;
  connection.on("close", () => socket.end());
  connection.on("error", () => socket.destroy());
  socket.on("close", () => connection.close());
}

async function readyPod({ core, homeNamespace }: Cluster, component: Component): Promise<string> {
  const labelSelector = `app.kubernetes.io/name=heaphound,app.kubernetes.io/component=${component}`;
  const { items } = await core.listNamespacedPod({ namespace: homeNamespace, labelSelector });
  const pod = items.find(isReady);
  if (pod?.metadata?.name !== undefined) return pod.metadata.name;
  const found = items.length === 0 ? "has no pod" : "has no pod that is ready";
  throw new CliError(`heaphound-${component} ${found} in namespace ${homeNamespace}`, {
    advice: `Name where Heaphound is installed with --heaphound-namespace; kubectl get pods -n ${homeNamespace} shows how it is.`,
    exitCode: exitCodes.unreachable,
  });
}

function isReady({ status, metadata }: V1Pod): boolean {
  const ready = status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True");
  return ready === true && metadata?.deletionTimestamp === undefined;
}

/** The bearer token that the kubeconfig's user presents; undefined for those with a client certificate. */
export async function tokenOf(config: KubeConfig): Promise<string | undefined> {
  const options: { headers?: Record<string, unknown> } = {};
  await config.applyToHTTPSOptions(options);
  const value = options.headers?.Authorization;
  return typeof value === "string" && value.startsWith("Bearer ") ? value.slice("Bearer ".length) : undefined;
}

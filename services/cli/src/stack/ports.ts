import { createServer } from "node:net";

/** What the stack listens on, and where it is looked for first. All on 127.0.0.1. */
export const preferredPorts = {
  grpc: 7411,
  api: 7412,
  gui: 7413,
  clickhouse: 7414,
  ingester: 7415,
} as const;

export type PortName = keyof typeof preferredPorts;
export type Ports = Record<PortName, number>;

/** Listens for a moment; resolves with the port, or null when somebody else has it. Port 0 asks the system for any. */
function probe(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const found = typeof address === "object" && address !== null ? address.port : null;
      server.close(() => resolve(found));
    });
  });
}

/** The preferred port of each name, or a free one where it is taken. `"any"` asks for free ones from the start. */
export async function choosePorts(wish: "preferred" | "any"): Promise<Ports> {
  const chosen: Ports = { ...preferredPorts };
  const taken = new Set<number>();
  for (const name of Object.keys(preferredPorts) as PortName[]) {
    let port = wish === "any" ? null : await probe(preferredPorts[name]);
    while (port === null || taken.has(port)) port = await probe(0);
    taken.add(port);
    chosen[name] = port;
  }
  return chosen;
}

import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** Called when an insert into a table arrives, or when ClickHouse has answered it but the client does not know yet. */
export type InsertHook = (table: string) => void | Promise<void>;

/** Stands between an ingester and ClickHouse to make faults happen at exact points. */
export class ClickHouseProxy {
  beforeInsert: InsertHook = () => undefined;
  afterInsert: InsertHook = () => undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async start(targetUrl: string): Promise<ClickHouseProxy> {
    const server = createServer();
    const proxy = new ClickHouseProxy(server, new URL(targetUrl));
    server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
      proxy.forward(incoming, outgoing).catch(() => outgoing.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const table = tableOf(incoming);
    if (table) await this.beforeInsert(table);
    const { hostname, port } = this.target;
    const upstream = request({
      hostname,
      port,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
    });
    incoming.pipe(upstream);
    outgoing.on("close", () => upstream.destroy());
    const [answer] = (await once(upstream, "response")) as [IncomingMessage];
    if (table) await this.afterInsert(table);
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  }
}

function tableOf({ url }: IncomingMessage): string | undefined {
  const query = new URL(url ?? "/", "http://localhost").searchParams.get("query") ?? "";
  return /INSERT INTO \w+\.(\w+)/.exec(query)?.[1];
}

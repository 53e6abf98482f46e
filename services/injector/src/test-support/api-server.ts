import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig, type KubernetesObject } from "@kubernetes/client-node";

interface Change {
  type: "ADDED" | "MODIFIED" | "DELETED";
  object: KubernetesObject;
  version: number;
}

interface OpenWatch {
  path: string;
  response: ServerResponse;
}

/**
 * Lists and watches as the Kubernetes API serves them (pages, versions, bookmarks, 410 for a version that is compacted away),
 * with the faults of real ones on demand: a connection that breaks, a watch that ends, an answer that fails.
 */
export class TestApiServer {
  /** Every request so far: "list /api/v1/pods", "watch /api/v1/pods 12". */
  readonly requests: string[] = [];
  private readonly objects = new Map<string, Map<string, KubernetesObject>>();
  private readonly changes = new Map<string, Change[]>();
  private readonly watches = new Set<OpenWatch>();
  private readonly failing = new Map<string, number>();
  private version = 1;
  private oldest = 0;

  private constructor(private readonly server: Server) {
    server.on("request", (request, response) => this.answer(request, response));
  }

  static async start(): Promise<TestApiServer> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new TestApiServer(server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get config(): KubeConfig {
    const config = new KubeConfig();
    const server = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    config.loadFromOptions({
      clusters: [{ name: "test", server, skipTLSVerify: true }], // there is no TLS
      users: [{ name: "test" }],
      contexts: [{ name: "test", cluster: "test", user: "test" }],
      currentContext: "test",
    });
    return config;
  }

  put(path: string, object: KubernetesObject): void {
    const objects = this.collection(path);
    const key = keyOf(object);
    const type = objects.has(key) ? "MODIFIED" : "ADDED";
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.version) } };
    objects.set(key, stored);
    this.tell(path, { type, object: stored, version: this.version });
  }

  remove(path: string, object: KubernetesObject): void {
    this.collection(path).delete(keyOf(object));
    this.tell(path, { type: "DELETED", object: { ...object }, version: ++this.version });
  }

  /** Versions up to now cannot be watched from any more. */
  compact(): void {
    this.oldest = ++this.version;
  }

  /** Tells watches how far they are, though nothing of theirs has changed. */
  bookmark(path: string): void {
    this.version++;
    for (const { response } of this.watchesOf(path))
      response.write(line("BOOKMARK", { metadata: { resourceVersion: String(this.version) } }));
  }

  /** Watches end as they do after some minutes. */
  end(path: string): void {
    for (const { response } of this.taken(path)) response.end();
  }

  /** Watches end with an error as their last event. */
  fail(path: string, code: number): void {
    for (const { response } of this.taken(path)) response.end(line("ERROR", { code, message: `failed (${code})` }));
  }

  /** Connections break in the middle of a line. */
  drop(path: string): void {
    for (const { response } of this.taken(path)) {
      response.write('{"type":"MODIF');
      response.destroy();
    }
  }

  /** The next request of this form ("list /api/v1/pods", "watch /api/v1/pods") is answered with this status. */
  refuseNext(request: string, status: number): void {
    this.failing.set(request, status);
  }

  /** How many watches are open. */
  watching(path: string): number {
    return this.watchesOf(path).length;
  }

  private watchesOf(path: string): OpenWatch[] {
    return [...this.watches].filter((watch) => watch.path === path);
  }

  /** Watches that are about to end: nothing more is written to them. */
  private taken(path: string): OpenWatch[] {
    const watches = this.watchesOf(path);
    for (const watch of watches) this.watches.delete(watch);
    return watches;
  }

  private collection(path: string): Map<string, KubernetesObject> {
    const objects = this.objects.get(path) ?? new Map<string, KubernetesObject>();
    this.objects.set(path, objects);
    return objects;
  }

  private tell(path: string, change: Change): void {
    this.changes.set(path, [...(this.changes.get(path) ?? []), change]);
    for (const { response } of this.watchesOf(path)) response.write(line(change.type, change.object, change.version));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://api");
    const verb = searchParams.get("watch") === "true" ? "watch" : "list";
    const from = searchParams.get("resourceVersion");
    this.requests.push([verb, pathname, ...(from === null ? [] : [from])].join(" "));
    const status = this.failing.get(`${verb} ${pathname}`);
    this.failing.delete(`${verb} ${pathname}`);
    if (status !== undefined) send(response, status, { kind: "Status", code: status });
    else if (verb === "list") send(response, 200, this.page(pathname, searchParams));
    else this.watch(pathname, response, Number(from));
  }

  /** A page's token is the place to go on from. */
  private page(path: string, parameters: URLSearchParams): object {
    const objects = [...this.collection(path).values()];
    const begin = Number(parameters.get("continue") ?? 0);
    const end = begin + Number(parameters.get("limit") ?? objects.length);
    const next = end < objects.length ? { continue: String(end) } : {};
    return {
      kind: "List",
      metadata: { resourceVersion: String(this.version), ...next },
      items: objects.slice(begin, end),
    };
  }

  private watch(path: string, response: ServerResponse, from: number): void {
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    if (from < this.oldest) {
      response.end(
        line("ERROR", { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" }),
      );
      return;
    }
    for (const { type, object, version } of this.changes.get(path) ?? [])
      if (version > from) response.write(line(type, object, version));
    const watch = { path, response };
    this.watches.add(watch);
    response.on("close", () => this.watches.delete(watch));
  }
}

function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

/** The last state of a deleted object carries the version of its deletion. */
function line(type: string, object: KubernetesObject | object, version?: number): string {
  const { metadata } = object as KubernetesObject;
  const versioned =
    version === undefined ? object : { ...object, metadata: { ...metadata, resourceVersion: String(version) } };
  return `${JSON.stringify({ type, object: versioned })}\n`;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

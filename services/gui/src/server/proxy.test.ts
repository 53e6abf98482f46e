import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { loadConfig } from "./config.mjs";
import { contentSecurityPolicy } from "./headers.mjs";
import { createApiProxy } from "./proxy.mjs";

const open: { close: () => void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function listen(handle: (req: IncomingMessage, res: ServerResponse) => void): Promise<string> {
  const server: Server = createServer(handle);
  open.push({ close: () => (server.closeAllConnections(), server.close()) });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function proxyTo(upstream: string): Promise<string> {
  const agent = new Agent({ keepAlive: true });
  open.push({ close: () => agent.destroy() });
  return listen(createApiProxy(new URL(upstream), agent));
}

describe("the way to the API", () => {
  it("passes method, path, body, status and headers", async () => {
    const seen: string[] = [];
    const proxy = await proxyTo(
      await listen((req, res) => {
        seen.push(`${req.method ?? ""} ${req.url ?? ""}`);
        res.writeHead(201, { "Content-Disposition": 'attachment; filename="heaptrack.redis.1.zst"' });
        req.pipe(res);
      }),
    );
    const response = await fetch(`${proxy}/api/v1/question/check?a=1%20b`, { method: "POST", body: "size > 1" });
    expect(response.status).toBe(201);
    expect(response.headers.get("content-disposition")).toContain("heaptrack.redis.1.zst");
    expect(await response.text()).toBe("size > 1");
    expect(seen).toEqual(["POST /api/v1/question/check?a=1%20b"]);
  });

  it("passes an event on before the next one exists", async () => {
    let sendNext = (): void => {};
    const proxy = await proxyTo(
      await listen((_req, res) => {
        res.writeHead(200, { "Content-Type": "text/event-stream" });
        res.write("data: 1\n\n");
        sendNext = () => res.end("data: 2\n\n");
      }),
    );
    const reader = (await fetch(`${proxy}/api/v1/live`)).body!.getReader();
    const read = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    expect(await read()).toBe("data: 1\n\n");
    sendNext();
    expect(await read()).toBe("data: 2\n\n");
  });

  it("tries again when an idle connection was closed under it", async () => {
    let answered = 0;
    const upstream = await listen((req, res) => {
      answered += 1;
      if (answered === 2) req.socket.destroy();
      else res.end(`answer ${answered}`);
    });
    const proxy = await proxyTo(upstream);
    expect(await (await fetch(`${proxy}/api/v1/a`)).text()).toBe("answer 1");
    expect(await (await fetch(`${proxy}/api/v1/b`)).text()).toBe("answer 3");
  });

  it("cancels the request upstream when the reader leaves", async () => {
    const cancelled = Promise.withResolvers<string>();
    const proxy = await proxyTo(
      await listen((req, res) => {
        res.write("first");
        req.on("close", () => cancelled.resolve("cancelled"));
      }),
    );
    get(`${proxy}/api/v1/x`, (response) => response.once("data", () => response.destroy()));
    expect(await cancelled.promise).toBe("cancelled");
  });

  it("says what to do when nobody answers", async () => {
    const gone = await listen(() => {});
    open.shift()!.close();
    const response = await fetch(`${await proxyTo(gone)}/api/v1/processes`);
    expect(response.status).toBe(502);
    const { error } = (await response.json()) as { error: Record<string, string> };
    expect(error).toMatchObject({
      code: "api_unreachable",
      advice: expect.stringContaining("heaphound -- up") as string,
    });
    expect(error.requestId).toBe(response.headers.get("x-request-id"));
  });
});

describe("settings of the server", () => {
  it("have defaults and are checked", () => {
    expect(loadConfig({})).toMatchObject({ host: "127.0.0.1", port: 7413, apiUrl: new URL("http://127.0.0.1:7412") });
    expect(loadConfig({ HEAPHOUND_LISTEN: "[::1]:0" })).toMatchObject({ host: "::1", port: 0 });
    expect(() => loadConfig({ HEAPHOUND_LISTEN: "7413" })).toThrow("write host:port");
    expect(() => loadConfig({ HEAPHOUND_LISTEN: "127.0.0.1:99999" })).toThrow("write host:port");
    expect(() => loadConfig({ HEAPHOUND_API_URL: "localhost:7412" })).toThrow("HEAPHOUND_API_URL");
  });

  it("allow scripts by nonce only, and no frame around the page", () => {
    const policy = contentSecurityPolicy("abc", false);
    expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-eval");
  });
});

import { randomBytes } from "node:crypto";
import { Agent as HttpAgent, createServer } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import path from "node:path";
import next from "next";
import { commonHeaders, contentSecurityPolicy } from "./headers.mjs";
import { isExpectedHost } from "./local-hosts.mjs";
import { createApiProxy } from "./proxy.mjs";

/**
 * One port for people: pages from Next, /api/* from the API service.
 * @param {import("./config.mjs").GuiConfig} config
 * @returns {Promise<{ url: string; close: () => Promise<void> }>}
 */
export async function startGui(config) {
  const { host, port, apiUrl, dev } = config;
  const dir = path.resolve(import.meta.dirname, "../..");
  const server = createServer();
  process.env["NEXT_TELEMETRY_DISABLED"] = "1";
  const app = next({ dev, dir, hostname: host, port, httpServer: server });
  await app.prepare();
  const agent = new (apiUrl.protocol === "https:" ? HttpsAgent : HttpAgent)({ keepAlive: true });
  const page = app.getRequestHandler();
  const api = createApiProxy(apiUrl, agent);

  server.on("request", (req, res) => {
    for (const [name, value] of Object.entries(commonHeaders)) res.setHeader(name, value);
    if (!isExpectedHost(host, req.headers.host))
      return void res
        .writeHead(421, { "Content-Type": "text/plain" })
        .end("This page is for this machine: open it by 127.0.0.1.\n");
    if (req.url === "/healthz" || req.url === "/readyz")
      return void res.writeHead(200, { "Content-Type": "text/plain" }).end("ok\n");
    if (req.url?.startsWith("/api/")) return void api(req, res);
    const policy = contentSecurityPolicy(randomBytes(16).toString("base64"), dev);
    // Next reads the nonce for its own script tags from the request's header.
    req.headers["content-security-policy"] = policy;
    res.setHeader("Content-Security-Policy", policy);
    void page(req, res);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(undefined));
  });
  const address = server.address();
  const bound = typeof address === "object" && address ? address.port : port;
  return { url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`, close: () => close(server, app, agent) };
}

/**
 * @param {import("node:http").Server} server
 * @param {{ close: () => Promise<void> }} app
 * @param {import("node:http").Agent} agent
 */
async function close(server, app, agent) {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
  agent.destroy();
  await app.close();
}

import { randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

// Headers that belong to one connection, not to the message (RFC 9110, 7.6.1).
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "host",
]);

/** @param {import("node:http").IncomingHttpHeaders} headers */
const endToEnd = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));

/**
 * Passes a request on to the API and its answer back as it comes: nothing is buffered, so server-sent events arrive at
 * once and a download of any size costs no memory. Who leaves early cancels the request upstream, and so its query.
 * @param {URL} apiUrl
 * @param {import("node:http").Agent} agent
 * @returns {(req: import("node:http").IncomingMessage, res: import("node:http").ServerResponse) => void}
 */
export function createApiProxy(apiUrl, agent) {
  const send = apiUrl.protocol === "https:" ? httpsRequest : httpRequest;
  const base = apiUrl.pathname.replace(/\/$/, "");
  /** @param {import("node:http").IncomingMessage} req @param {import("node:http").ServerResponse} res */
  const pass = (req, res) => {
    const headers = { ...endToEnd(req.headers), host: apiUrl.host };
    const options = { agent, method: req.method, path: base + (req.url ?? "/"), headers };
    const upstream = send(apiUrl, options, (answer) => {
      res.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
      res.flushHeaders();
      answer.pipe(res);
      answer.on("error", () => res.destroy());
    });
    upstream.on("error", (error) => {
      // The API closed an idle connection just when it was used again: a new one will do.
      if (upstream.reusedSocket && req.method === "GET" && !res.headersSent && !res.destroyed) pass(req, res);
      else answerUnreachable(res, apiUrl, error);
    });
    res.once("close", () => upstream.destroy());
    req.pipe(upstream);
  };
  return pass;
}

/** @param {import("node:http").ServerResponse} res @param {URL} apiUrl @param {Error} error */
function answerUnreachable(res, apiUrl, error) {
  if (res.headersSent || res.destroyed) return void res.destroy();
  const requestId = randomUUID();
  res.writeHead(502, { "Content-Type": "application/json", "X-Request-Id": requestId });
  const advice =
    "Start it with `npm run -s heaphound -- up`, or set HEAPHOUND_API_URL to where it runs. This page tries again by itself.";
  res.end(
    JSON.stringify({
      error: {
        code: "api_unreachable",
        message: `The API at ${apiUrl.origin} does not answer (${error.message}).`,
        advice,
        requestId,
      },
    }),
  );
}

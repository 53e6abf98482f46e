import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const plugin = fileURLToPath(new URL("../../grafana-plugin/", import.meta.url));

/** Where files of the page come from; icons are those of Grafana's own package. */
const FOLDERS: readonly (readonly [string, string])[] = [
  ["/plugin/", join(plugin, "dist")],
  ["/public/build/img/icons/", join(plugin, "node_modules/@grafana/ui/dist/public/img/icons")],
  ["/uplot/", join(plugin, "node_modules/uplot/dist")],
  ["/", join(plugin, "build")],
];

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".map": "application/json",
  ".css": "text/css",
};

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harness</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/uplot/uPlot.min.css">
<script>window.grafanaBootData={settings:{featureToggles:{},buildInfo:{version:"13.1.1"}},user:{}};window.__grafana_public_path__="/public/";</script>
</head><body><div id="root"></div><script type="module" src="/page.js"></script></body></html>`;

/** What the settings of a data source say, and what Grafana's server keeps of them. */
export interface Settings {
  apiUrl: string;
  token: string;
}

interface Manifest {
  routes: { path: string; url: string; headers: { name: string; content: string }[] }[];
}

/**
 * The part of Grafana's server that a data source without a backend meets: it serves the plugin, and its data source proxy goes
 * by the routes of the plugin's manifest, where the secrets are filled in.
 */
export class GrafanaPage {
  readonly url: string;
  private readonly server: Server;

  private constructor(server: Server, url: string) {
    this.server = server;
    this.url = url;
  }

  static async open(settings: Settings, manifest: Manifest): Promise<GrafanaPage> {
    const server = createServer((incoming, response) => {
      const path = new URL(incoming.url ?? "/", "http://harness").pathname;
      const route = manifest.routes.find((each) => path.startsWith(`${PROXY}/${each.path}/`));
      if (route) return forward({ incoming, response }, route, settings);
      if (path === "/") return void response.setHeader("content-type", "text/html").end(PAGE);
      serve(path, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new GrafanaPage(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** What Grafana gives a data source as its URL. */
export const PROXY = "/api/datasources/proxy/uid/harness";

function serve(path: string, response: ServerResponse): void {
  const [prefix, folder] = FOLDERS.find(([each]) => path.startsWith(each)) ?? ["/", ""];
  const file = join(folder, normalize(`/${path.slice(prefix.length)}`));
  if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
  response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
  createReadStream(file).pipe(response);
}

interface Exchange {
  incoming: IncomingMessage;
  response: ServerResponse;
}

function forward({ incoming, response }: Exchange, route: Manifest["routes"][number], settings: Settings): void {
  const rest = (incoming.url ?? "").slice(`${PROXY}/${route.path}`.length);
  const headers = Object.fromEntries(route.headers.map(({ name, content }) => [name, fill(content, settings)]));
  const outgoing = request(fill(route.url, settings) + rest, { headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on("error", () => response.writeHead(502).end());
  response.on("close", () => outgoing.destroy());
  outgoing.end();
}

/** The two templates that the manifest may use. */
function fill(template: string, { apiUrl, token }: Settings): string {
  return template.replace("{{ .JsonData.apiUrl }}", apiUrl).replace("{{ .SecureJsonData.token }}", token);
}

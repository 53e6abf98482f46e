import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { eventually } from "@heaphound/service-kit/testing";

export const hasPrometheus = spawnSync("prometheus", ["--version"]).status === 0;

/** One line of an answer: its labels, and its values over time. */
export interface PrometheusSeries {
  metric: Record<string, string>;
  values: [number, string][];
}

/** Debian's Prometheus, which scrapes the given services every second. */
export class Prometheus {
  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {}

  static async start(folder: string, services: Readonly<Record<string, string>>): Promise<Prometheus> {
    mkdirSync(folder, { recursive: true });
    const jobs = Object.entries(services).map(([job, url]) => ({
      job_name: job,
      static_configs: [{ targets: [new URL(url).host] }],
    }));
    const file = join(folder, "prometheus.json"); // JSON is YAML
    writeFileSync(file, JSON.stringify({ global: { scrape_interval: "1s" }, scrape_configs: jobs }));
    const address = `127.0.0.1:${await freePort()}`;
    const words = [`--config.file=${file}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${address}`];
    const child = spawn("prometheus", [...words, "--log.level=error"], { stdio: ["ignore", "inherit", "inherit"] });
    const started = new Prometheus(child, `http://${address}`);
    await eventually(async () => (await started.answers()) && (await started.upCount()) === jobs.length);
    return started;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill();
    await ended;
  }

  /** The last `seconds`, a value each second. Throws what Prometheus says of an expression that makes no sense. */
  async range(expression: string, seconds: number): Promise<PrometheusSeries[]> {
    const now = Date.now() / 1000;
    const query = new URLSearchParams({ query: expression, start: `${now - seconds}`, end: `${now}`, step: "1" });
    const response = await fetch(`${this.url}/api/v1/query_range?${query.toString()}`);
    const answer = (await response.json()) as { error?: string; data?: { result: PrometheusSeries[] } };
    if (answer.data === undefined) throw new Error(`${expression}: ${answer.error ?? response.status}`);
    return answer.data.result;
  }

  private async answers(): Promise<boolean> {
    return fetch(`${this.url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  private async upCount(): Promise<number> {
    const [up] = await this.range("sum(up)", 0);
    return Number(up?.values.at(-1)?.[1] ?? 0);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

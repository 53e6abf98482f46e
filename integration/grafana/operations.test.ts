// The dashboard about Heaphound's own services, by a real Prometheus that scrapes the real services.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "@heaphound/service-kit/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Laboratory } from "../support/laboratory.js";
import { program } from "../support/programs.js";
import { hasPrometheus, Prometheus } from "../support/prometheus.js";

interface Panel {
  title: string;
  description: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: { expr: string; legendFormat: string; datasource: { type: string; uid: string } }[];
}
const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const { panels, templating } = JSON.parse(file("dashboards/heaphound-operations.json")) as {
  panels: Panel[];
  templating: { list: { name: string; query: unknown }[] };
};

/** Good news, or what only a cluster has. */
const MAY_BE_EMPTY = new Set([
  ...["Losses by kind", "Errors of ClickHouse", "Refused streams by reason", "Failed queries"],
  ...["Failed inserts", "Refused streams"],
  ...["Coverage", "Pods without profiles by reason", "Time to answer the API server, 95 %"],
]);

describe.skipIf(!hasPrometheus)(`the dashboard for operations${hasPrometheus ? "" : " (no prometheus)"}`, () => {
  let laboratory: Laboratory;
  let prometheus: Prometheus;
  let scraped: Record<string, string>;

  beforeAll(async () => {
    laboratory = await Laboratory.open(["clickhouse", "ingester", "api"]);
    const { ingester, api, clickhouse } = laboratory.stack.urls;
    scraped = { ingester, api, clickhouse };
    prometheus = await Prometheus.start(join(laboratory.folder, "prometheus"), scraped);
    const worker = laboratory.start([program("worker")]);
    await eventually(async () => {
      await worker.ask("2000");
      await fetch(`${api}/api/v1/processes`);
      const [rows] = await prometheus.range("sum(rate(heaphound_ingester_inserted_rows_total[15s]))", 0);
      const [queries] = await prometheus.range("sum(rate(heaphound_api_query_seconds_count[15s]))", 0);
      return Number(rows?.values.at(-1)?.[1]) > 0 && Number(queries?.values.at(-1)?.[1]) > 0;
    });
    await worker.ended("");
  });
  afterAll(async () => {
    await prometheus.stop();
    await laboratory.close();
  });

  /** As Grafana fills the variables in. */
  const filled = (expression: string): string =>
    expression.replaceAll("$installation", ".*").replaceAll("$__rate_interval", "15s");

  it.each(panels.map((panel) => [panel.title, panel] as const))(
    "asks a question that is answered: %s",
    async (title, panel) => {
      expect(panel.description).toMatch(/\?/);
      const answers = [];
      for (const { expr, datasource } of panel.targets) {
        expect(datasource).toEqual({ type: "prometheus", uid: "${prometheus}" });
        answers.push(...(await prometheus.range(filled(expr), 10)));
      }
      if (!MAY_BE_EMPTY.has(title)) expect(answers.length).toBeGreaterThan(0);
      for (const { values } of answers) expect(values.length).toBeGreaterThan(0);
    },
  );

  it("names metrics and labels that a service has", async () => {
    const texts = await Promise.all(Object.values(scraped).map(async (url) => (await fetch(`${url}/metrics`)).text()));
    const injector = file("services/injector/src/metrics.ts");
    const known = new Set([
      ...texts.flatMap((text) => [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!)),
      ...[...injector.matchAll(/"(injector_\w+)"/g)].map(([, name]) => `heaphound_${name!}`),
    ]);
    const asked = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/heaphound_\w+/g) ?? []));
    expect(asked.length).toBeGreaterThan(panels.length - 1);
    expect(asked.map((name) => name.replace(/_(bucket|count)$/, "")).filter((name) => !known.has(name))).toEqual([]);
  });

  it("places its panels without gaps or overlaps, and asks for a Prometheus", () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(cells.length).toBe(24 * Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h)));
    expect(templating.list[0]).toMatchObject({ name: "prometheus", query: "prometheus" });
  });
});

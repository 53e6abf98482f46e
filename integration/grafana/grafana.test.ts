import { readFileSync } from "node:fs";
import { formatProcessKey } from "@heaphound/service-kit";
import { eventually } from "@heaphound/service-kit/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Harness, PlainAnswer, PlainFrame } from "../../grafana-plugin/harness/contract.js";
import type { DashboardModel } from "../../grafana-plugin/harness/dashboard-model.js";
import type { HeaphoundQuery } from "../../grafana-plugin/src/types.js";
import { TestBrowser, type TestPage } from "../browser/browser.js";
import { Laboratory, type Recording } from "../support/laboratory.js";
import type { ProgramRun } from "../support/program-run.js";
import { program } from "../support/programs.js";
import { GrafanaPage, PROXY } from "./grafana-page.js";

declare global {
  var harness: Harness;
}

/** Eight megabytes of script on a busy machine. */
const PATIENCE_MS = 60_000;
const TOKEN = "a-token-of-the-api-0123456789";
const GUI = "https://heaphound.example.com";
const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const manifest = JSON.parse(file("grafana-plugin/dist/plugin.json")) as Parameters<typeof GrafanaPage.open>[1] & {
  id: string;
  includes: { path: string }[];
};
/** Of our own data source; those of Prometheus are in operations.test.ts. */
const DASHBOARDS = ["heaphound-fleet", "heaphound-pod", "heaphound-coverage"] as const;
const dashboard = (uid: string): DashboardModel => JSON.parse(file(`dashboards/${uid}.json`)) as DashboardModel;

let laboratory: Laboratory;
let browser: TestBrowser;
let grafana: GrafanaPage;
let test: TestPage;
/** Ended, in pod batch-0. */
let batch: Recording;
/** Runs, in pod cart-0; it has done its work and waits. */
let worker: ProgramRun;
let workerProcess = "";
let range: { from: number; to: number };

const inPod = (name: string): { environment: Record<string, string> } => ({
  environment: { HEAPHOUND_POD_NAMESPACE: "shop", HEAPHOUND_POD_NAME: name, HEAPHOUND_POD_CONTAINER: "app" },
});

beforeAll(async () => {
  const from = Date.now() - 60_000;
  [laboratory, browser] = await Promise.all([
    Laboratory.open(["clickhouse", "ingester", "api"], { api: { HEAPHOUND_API_TOKEN: TOKEN } }),
    TestBrowser.open(),
  ]);
  worker = laboratory.start([program("worker")], inPod("cart-0"));
  const told = await worker.ask("40000");
  batch = await laboratory.record([program("containers"), "300"], inPod("batch-0"));
  workerProcess = await laboratory.database.findProcess(worker.pid, from);
  await eventually(async () => (await workerTotals()).allocations >= Number(told.split(" ")[0]), { timeoutMs: 60_000 });
  await laboratory.database.untilSymbolized();
  await storePods();
  grafana = await GrafanaPage.open({ apiUrl: laboratory.stack.urls.api, token: TOKEN }, manifest);
  test = await openPage(grafana);
  range = { from, to: Date.now() + 1000 };
});

afterAll(async () => {
  await worker.ended("");
  await browser.close();
  await grafana.close();
  await laboratory.close();
});

/** What an injector reports of three pods. */
async function storePods(): Promise<void> {
  const now = `${Date.now()}000000`;
  const pod = (name: string, workload: string, code: string): object => ({
    ...{ pod_uid: name, container: "app", updated_ns: now, created_ns: now, namespace: "shop", pod: name, workload },
    ...{ phase: "Running", state: "running", injected: true, reporting: code === "injected" },
    ...{ codes: [code], details: [""], restarts: 2 },
  });
  const rows = [
    pod("cart-0", "Deployment/cart", "injected"),
    pod("cart-1", "Deployment/cart", "nothing_allocated"),
    pod("batch-0", "Job/batch", "injected"),
  ];
  const query = "INSERT INTO heaphound.pods FORMAT JSONEachRow";
  const url = `${laboratory.stack.urls.clickhouse}/?query=${encodeURIComponent(query)}`;
  const answer = await fetch(url, { method: "POST", body: rows.map((row) => JSON.stringify(row)).join("\n") });
  expect(answer.status, await answer.text()).toBe(200);
}

async function openPage(at: GrafanaPage): Promise<TestPage> {
  const opened = await browser.page();
  opened.page.setDefaultTimeout(PATIENCE_MS);
  await opened.page.goto(at.url);
  await opened.page.waitForFunction(() => typeof harness === "object");
  await opened.page.evaluate((settings) => harness.open(settings), { url: PROXY, jsonData: { guiUrl: GUI } });
  return opened;
}

/** What the newest block of a process says, and the sums of all. */
async function workerTotals(): Promise<{ live: number; allocated: number; allocations: number }> {
  const [row] = await laboratory.database.rows<{ live: number; allocated: number; allocations: number }>(
    `SELECT argMax(live_bytes, block) AS live, sum(allocated_bytes) AS allocated, sum(all_allocations) AS allocations
     FROM blocks FINAL WHERE process = {process:UInt64}`,
    { process: workerProcess },
  );
  return row!;
}

/** Sizes of what was never freed, by stack, the largest first. */
function liveByStack(process: string): Promise<{ stack: number; bytes: number; count: number }[]> {
  return laboratory.database.rows(
    `SELECT stack, sum(size) AS bytes, count() AS count FROM allocations
     WHERE process = {process:UInt64} AND freed = 0 AND id NOT IN (SELECT id FROM late_frees WHERE process = {process:UInt64})
     GROUP BY stack ORDER BY bytes DESC, stack`,
    { process },
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const keyOf = (process: string): string => formatProcessKey(BigInt(process));

function ask(query: Omit<HeaphoundQuery, "refId">): Promise<PlainAnswer> {
  return test.page.evaluate(([target, { from, to }]) => harness.query([target], from, to), [
    { refId: "A", ...query },
    range,
  ] as const);
}

async function frameOf(query: Omit<HeaphoundQuery, "refId">): Promise<PlainFrame> {
  const { frames, errors } = await ask(query);
  expect(errors).toEqual([]);
  expect(frames).toHaveLength(1);
  return frames[0]!;
}

function column(frame: PlainFrame, name: string): unknown[] {
  return frame.fields.find((field) => field.name === name)!.values;
}

describe("the data source", () => {
  it("is healthy with the token that only the server has", async () => {
    expect(await test.page.evaluate(() => harness.health())).toEqual({
      status: "success",
      message: "Heaphound answers: 2 recorded processes.",
    });
  });

  it("says what to do with a wrong token, and without an API", async () => {
    const wrong = await GrafanaPage.open({ apiUrl: laboratory.stack.urls.api, token: "wrong" }, manifest);
    const nobody = await GrafanaPage.open({ apiUrl: "http://127.0.0.1:9", token: TOKEN }, manifest);
    const health = async (at: GrafanaPage): Promise<{ status: string; message: string }> => {
      const opened = await openPage(at);
      return opened.page.evaluate(() => harness.health());
    };
    try {
      const refused = await health(wrong);
      expect(refused.status).toBe("error");
      expect(refused.message).toContain("HEAPHOUND_API_TOKEN");
      expect((await health(nobody)).message).toContain("Check the URL in the data source's settings");
    } finally {
      await Promise.all([wrong.close(), nobody.close()]);
    }
  });

  it("passes errors of a question on with the query's letter", async () => {
    const { errors, frames } = await ask({ view: "groups", q: "size > 1KiB" });
    expect(frames).toEqual([]);
    expect(errors[0]).toContain("is a question about allocations, not about processes");
  });
});

describe("variables", () => {
  const choices = (query: Parameters<Harness["choices"]>[0]): Promise<{ text: string; value: string }[]> =>
    test.page.evaluate(([asked, { from, to }]) => harness.choices(asked, from, to), [query, range] as const);

  it("list what was recorded", async () => {
    expect(await choices({ refId: "V", field: "namespace" })).toEqual([{ text: "shop", value: "shop" }]);
    expect((await choices({ refId: "V", field: "pod" })).map(({ value }) => value)).toEqual(["batch-0", "cart-0"]);
    expect((await choices({ refId: "V", field: "name", q: "running" })).map(({ value }) => value)).toEqual(["worker"]);
  });

  it("depend on each other, with one value, several and all", async () => {
    const processesOf = async (pod: string | string[]): Promise<string[]> => {
      await test.page.evaluate((values) => harness.setValues(values), { pod });
      return (await choices({ refId: "V", field: "process", labels: { pod: "$pod" } }))
        .map(({ value }) => value)
        .sort();
    };
    const both = [keyOf(batch.process), keyOf(workerProcess)].sort();
    expect(await processesOf("cart-0")).toEqual([keyOf(workerProcess)]);
    expect(await processesOf(["cart-0", "batch-0"])).toEqual(both);
    expect(await processesOf(".*")).toEqual(both);
    expect(await processesOf('no"such\\pod')).toEqual([]);
  });
});

describe("queries", () => {
  it("draw live memory by pod as the blocks say", async () => {
    const frame = await frameOf({ view: "series", by: "pod", figures: ["live", "allocated", "processes"] });
    expect(frame.visualisation).toBe("graph");
    expect(frame.fields[0]).toMatchObject({ name: "time", type: "time" });
    const field = (pod: string, name: string): PlainFrame["fields"][number] =>
      frame.fields.find((each) => each.name === name && each.labels?.pod === pod)!;
    const { live, allocated } = await workerTotals();
    expect(field("cart-0", "live")).toMatchObject({ unit: "bytes", display: "cart-0 live" });
    expect(field("cart-0", "live").values.at(-1)).toBe(live);
    expect(live).toBeGreaterThan(0);
    const times = frame.fields[0]!.values as number[];
    const stepSeconds = (times[1]! - times[0]!) / 1000;
    expect(sum(field("cart-0", "allocated").values as number[]) * stepSeconds).toBeCloseTo(allocated, 1);
    expect(field("batch-0", "processes").values.at(-1)).toBe(0);
    expect(Math.max(...(field("batch-0", "processes").values as number[]))).toBe(1);
  });

  it("list processes with links to their pages", async () => {
    const frame = await frameOf({ view: "groups", by: "process", sort: "peak" });
    expect(frame.visualisation).toBe("table");
    const processes = column(frame, "process") as string[];
    expect([...processes].sort()).toEqual([keyOf(batch.process), keyOf(workerProcess)].sort());
    const row = processes.indexOf(keyOf(workerProcess));
    expect(column(frame, "live")[row]).toBe((await workerTotals()).live);
    expect(column(frame, "running")[row]).toBe(1);
    expect(frame.fields.find(({ name }) => name === "process")!.links).toEqual([`${GUI}/p/\${__data.fields.process}`]);
  });

  it.each(["bytes", "count"] as const)("draw a flame graph by %s that adds up at every node", async (weight) => {
    const frame = await frameOf({ view: "flame", process: keyOf(batch.process), measure: "allocated", weight });
    const [level, value, self] = ["level", "value", "self"].map((name) => column(frame, name) as number[]) as [
      number[],
      number[],
      number[],
    ];
    const children = new Array<number>(level.length).fill(0);
    const parents: number[] = [];
    level.forEach((depth, node) => {
      expect(depth).toBeLessThanOrEqual(parents.length);
      parents.length = depth;
      if (depth > 0) children[parents[depth - 1]!]! += value[node]!;
      else expect(node).toBe(0);
      parents.push(node);
    });
    expect(self.map((own, node) => own + children[node]!)).toEqual(value);
    expect(value[0]).toBe(weight === "bytes" ? batch.stored.bytes : batch.stored.allocations);
    expect(column(frame, "label")).toContain("main");
    expect(frame.visualisation).toBe("flamegraph");
    expect(frame.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "level number",
      "value number",
      "self number",
      "label string",
    ]);
  });

  it("list the stacks of what is live, with links to each", async () => {
    const stored = await liveByStack(workerProcess);
    const frame = await frameOf({ view: "stacks", process: "cart-0", measure: "live" });
    expect(column(frame, "bytes")).toEqual(stored.map(({ bytes }) => bytes));
    expect(column(frame, "count")).toEqual(stored.map(({ count }) => count));
    expect(column(frame, "function")[0]).toBe("take");
    expect(column(frame, "source")[0]).toMatch(/^worker\.c:\d+$/);
    const { links } = frame.fields.find(({ name }) => name === "stack")!;
    expect(links).toEqual([`${GUI}/p/${keyOf(workerProcess)}?measure=live&q=stack%20%3D%20\${__data.fields.stack}`]);
  });

  it("tell who reports, and why others do not", async () => {
    const coverage = await frameOf({ view: "coverage" });
    const row = column(coverage, "workload").indexOf("Deployment/cart");
    expect(row).toBe(0);
    const figures = ["asked", "injected", "reporting", "share", "restarts", "missing because"] as const;
    expect(figures.map((name) => column(coverage, name)[row])).toEqual([2, 2, 1, 0.5, 4, "nothing_allocated (1)"]);
    expect(coverage.fields.find(({ name }) => name === "workload")!.links).toEqual([
      `${GUI}/coverage?namespace=\${__data.fields.namespace}&workload=\${__data.fields.workload}`,
    ]);
    const gaps = await frameOf({ view: "gaps" });
    expect([column(gaps, "pods"), column(gaps, "reason")]).toEqual([[1], ["nothing_allocated"]]);
    expect(column(gaps, "what to do")[0]).not.toBe("");
  });

  it("of a process that did not run in the range are empty, not wrong", async () => {
    const earlier = { from: range.from - 7_200_000, to: range.from - 3_600_000 };
    const answer = await test.page.evaluate(
      ([{ from, to }]) => harness.query([{ refId: "A", view: "flame", process: "cart-0" }], from, to),
      [earlier] as const,
    );
    expect(answer.errors).toEqual([]);
    expect(answer.frames[0]!.fields.map(({ name, values }) => [name, values.length])).toEqual([
      ["level", 0],
      ["value", 0],
      ["self", 0],
      ["label", 0],
    ]);
  });

  it("fail one by one", async () => {
    const answer = await test.page.evaluate(
      ({ from, to }) =>
        harness.query(
          [
            { refId: "A", view: "flame", process: "nobody" },
            { refId: "B", view: "groups", by: "all" },
          ],
          from,
          to,
        ),
      range,
    );
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors[0]).toContain('there is no process "nobody"');
    expect(answer.frames.map(({ refId }) => refId)).toEqual(["B"]);
  });
});

describe.each(DASHBOARDS)("the dashboard %s", (uid) => {
  const model = dashboard(uid);

  it("asks the data source that its variable names, and is part of the plugin", () => {
    expect(model).toMatchObject({ uid, title: expect.stringMatching(/^Heaphound /) as string });
    expect(model.templating.list[0]).toMatchObject({ type: "datasource", query: manifest.id });
    const sources = JSON.stringify(model).match(/"datasource":\{.*?"\}/g) ?? [];
    expect(sources.length).toBeGreaterThanOrEqual(model.panels.length);
    for (const source of sources) expect(source).toBe(`"datasource":{"type":"${manifest.id}","uid":"\${datasource}"}`);
    expect(manifest.includes.map(({ path }) => path)).toContain(`dashboards/${uid}.json`);
    expect(JSON.parse(file(`grafana-plugin/dist/dashboards/${uid}.json`))).toEqual(model);
    expect(new Set(model.panels.map(({ title }) => title)).size).toBe(model.panels.length);
    for (const { description } of model.panels) expect(description).not.toBe("");
  });

  it("places its panels without gaps or overlaps in a row", () => {
    const cells = new Set<string>();
    for (const { gridPos } of model.panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.has(`${x},${y}`)).toBe(false);
          cells.add(`${x},${y}`);
        }
    const rows = Math.max(...model.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    expect(cells.size).toBe(24 * rows);
  });

  it("has an answer of the database in every panel, and draws it", async () => {
    const shown = await test.page.evaluate(([asked, options]) => harness.dashboard(asked, options), [
      model,
      { ...range, given: uid === "heaphound-pod" ? { pod: "cart-0" } : {} },
    ] as const);
    for (const panel of [...shown.panels, shown.annotations]) expect(panel.errors).toEqual([]);
    const mayBeEmpty = ["What happened", "What is missing, and why"];
    for (const { title, frames } of shown.panels) {
      const rows = frames[0]!.fields[0]!.values.length;
      if (!mayBeEmpty.includes(title)) expect(`${title}: ${rows > 0 ? "rows" : "nothing"}`).toBe(`${title}: rows`);
    }
    const now = shown.panels.find(({ title }) => title === "Now")!.frames[0]!;
    if (uid === "heaphound-coverage") expect(sum(column(now, "reporting") as number[])).toBe(2);
    else {
      expect(column(now, "live")).toEqual([(await workerTotals()).live]);
      expect(column(now, "running")).toEqual([1]);
    }
    for (const { title } of model.panels) await test.page.getByRole("region", { name: title, exact: true }).waitFor();
    const drawsCurves = model.panels.some(({ type }) => type === "timeseries");
    expect((await test.page.locator("canvas").count()) > 0).toBe(drawsCurves);
    expect(test.mistakes).toEqual([]);
  });
});

describe("the flame graph panel", () => {
  it("draws our frame and finds a function in it", async () => {
    await test.page.evaluate(([target, { from, to }]) => harness.flame(target, from, to), [
      { refId: "A", view: "flame", process: keyOf(batch.process), measure: "allocated" },
      range,
    ] as const);
    await test.page.getByTestId("flameGraph").waitFor();
    await test.page.getByPlaceholder("Search...").fill("main");
    const table = test.page.getByTestId("topTable");
    await table.getByText("main", { exact: true }).first().waitFor();
    expect(test.mistakes).toEqual([]);
  });
});

describe("the editors", () => {
  const read = async <T>(id: string): Promise<T> =>
    JSON.parse((await test.page.getByTestId(id).textContent()) ?? "") as T;

  it("show the fields that a query needs, and keep the others", async () => {
    await test.page.evaluate(() => harness.queryEditor({ refId: "A", view: "series", by: "pod" }));
    await test.page.getByRole("radio", { name: "Flame graph" }).click({ force: true });
    const process = test.page.getByRole("textbox", { name: "process" });
    await process.fill("cart-0");
    await test.page.getByRole("textbox", { name: "namespace" }).fill("$namespace");
    expect(await read<HeaphoundQuery>("query")).toEqual({
      refId: "A",
      view: "flame",
      by: "pod",
      process: "cart-0",
      q: "",
      labels: { namespace: "$namespace" },
    });
    await test.page.getByRole("radio", { name: "Groups" }).click({ force: true });
    expect(await process.count()).toBe(0);
    expect(await read<HeaphoundQuery>("query")).toMatchObject({ view: "groups", by: "pod", process: "cart-0" });
  });

  it("keep the token apart from the settings that browsers see", async () => {
    await test.page.evaluate(() => harness.configEditor());
    await test.page.locator("#heaphound-api-url").fill("http://api:7412");
    await test.page.locator("#heaphound-gui-url").fill(GUI);
    await test.page.locator("#heaphound-token").fill(TOKEN);
    expect(await read("options")).toEqual({
      jsonData: { apiUrl: "http://api:7412", guiUrl: GUI },
      secureJsonFields: {},
      secureJsonData: { token: TOKEN },
    });
  });
});

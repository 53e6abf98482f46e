// Pages about a fleet in Chromium: coverage, the end of a killed process, and the sign-in.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AxeBuilder } from "@axe-core/playwright";
import { installation, sendLeftovers } from "@heaphound/cli";
import { formatProcessKey } from "@heaphound/service-kit";
import { eventually } from "@heaphound/service-kit/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Laboratory } from "../support/laboratory.js";
import { program } from "../support/programs.js";
import { TestBrowser, type TestPage } from "./browser.js";
import { spaced } from "./process-page.js";

let laboratory: Laboratory;
let browser: TestBrowser;
const open: TestPage[] = [];

beforeAll(async () => {
  [laboratory, browser] = await Promise.all([
    Laboratory.open(["clickhouse", "ingester", "api", "gui"]),
    TestBrowser.open(),
  ]);
});
afterEach(async () => {
  const mistakes = open.flatMap((page) => page.mistakes);
  await Promise.all(open.splice(0).map((page) => page.close()));
  expect(mistakes).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await laboratory.close();
});

async function newPage(): Promise<TestPage["page"]> {
  const page = await browser.page();
  open.push(page);
  return page.page;
}

async function violations(page: TestPage["page"]): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id);
}

async function store(table: string, rows: readonly object[]): Promise<void> {
  const query = `INSERT INTO heaphound.${table} FORMAT JSONEachRow`;
  const url = `${laboratory.stack.urls.clickhouse}/?query=${encodeURIComponent(query)}`;
  const body = rows.map((row) => JSON.stringify(row)).join("\n");
  const answer = await fetch(url, { method: "POST", body });
  expect(answer.status, await answer.text()).toBe(200);
}

describe("coverage", () => {
  const now = `${Date.now()}000000`;
  const pod = (name: string, workload: string, reporting: boolean, code: string): object => ({
    pod_uid: name,
    container: "app",
    updated_ns: now,
    namespace: "shop",
    pod: name,
    workload,
    phase: "Running",
    created_ns: now,
    injected: true,
    reporting,
    codes: [code],
    details: [""],
    state: "running",
  });

  it("says what would fill it, and then how many of how many report and why others do not", async () => {
    const page = await newPage();
    await page.goto(`${laboratory.stack.urls.gui}/coverage`);
    await page.getByText("No cluster has reported yet").waitFor();
    await store("pods", [
      pod("web-1", "Deployment/web", true, "injected"),
      pod("web-2", "Deployment/web", false, "not_restarted"),
      pod("redis-0", "StatefulSet/redis", true, "injected"),
    ]);
    await page.reload();
    await page.getByText("2 of 3 pods of 2 workloads report; 3 have the library").waitFor();
    const web = page.getByRole("table", { name: "Workloads" }).getByRole("row").filter({ hasText: "Deployment/web" });
    await web.getByRole("img", { name: "1 of 2 report, 1 more have the library" }).waitFor();
    await page.getByText("kubectl rollout restart").first().waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it("leads from a cause or a workload to its pods, by the address", async () => {
    const page = await newPage();
    await page.goto(`${laboratory.stack.urls.gui}/coverage`);
    await page.getByRole("link", { name: /The pod is older than the request/ }).click();
    await page.waitForURL(/[?&]code=not_restarted/);
    const pods = page.getByRole("table", { name: "Pods" });
    await eventually(async () => (await pods.getByRole("row").count()) === 2);
    await pods.getByText("web-2").waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "StatefulSet/redis" }).click();
    await page.waitForURL(/workload=StatefulSet/);
    await pods.getByRole("link", { name: "redis-0" }).waitFor();
    await eventually(async () => (await pods.getByRole("row").count()) === 2);
  });
});

describe("a killed process", () => {
  it("tells its last moments first of all", async () => {
    const spool = join(laboratory.folder, "spool");
    mkdirSync(spool);
    const environment = { HEAPHOUND_SPOOL_DIR: spool };
    const startedMs = Date.now() - 1;
    const filling = laboratory.start([program("filling")], { environment });
    await filling.ask("t 300 10240");
    await filling.ask("a 1 5242880");
    const process = await laboratory.database.findProcess(filling.pid, startedMs);
    await eventually(async () => (await laboratory.database.totals(process)).allocations > 300);
    filling.child.kill("SIGKILL");
    await filling.ended();
    expect(await sendLeftovers(spool, laboratory.stack.urls.grpc)).toBe(1);
    expect(await laboratory.database.untilEnded(process)).toBe("killed");

    const page = await newPage();
    await page.goto(`${laboratory.stack.urls.gui}/p/${formatProcessKey(BigInt(process))}`);
    const banner = page.getByRole("region", { name: "How it ended" });
    await banner.waitFor();
    expect(spaced(await banner.innerText())).toMatch(/filling was killed .* with 7\.93 MiB live/);
    await banner.getByRole("button", { name: "Last moments" }).click();
    const moments = page.getByRole("region", { name: "Last moments" });
    const live = moments.getByRole("table", { name: "Live at the end" }).getByRole("row");
    expect(spaced(await live.nth(1).innerText())).toMatch(/build_answer[^]*5\.00 MiB[^]*\+5\.00 MiB/);
    const largest = moments.getByRole("table", { name: "Last large allocations" }).getByRole("row");
    expect(spaced(await largest.nth(1).innerText())).toMatch(/build_answer[^]*5\.00 MiB[^]*to the end/);
    await moments.getByText(/delivered from the spool of the killed process/).waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

describe("a process killed in a pod whose container starts again", () => {
  it("tells its last moments once the next one in the volume has delivered them", async () => {
    const spool = join(laboratory.folder, "volume");
    mkdirSync(spool);
    const environment = { HEAPHOUND_SPOOL_DIR: spool };
    const startedMs = Date.now() - 1;
    const first = laboratory.start([program("filling")], { environment });
    await first.ask("t 300 10240");
    const process = await laboratory.database.findProcess(first.pid, startedMs);
    await first.ask("a 1 5242880");
    await eventually(async () => (await laboratory.database.totals(process)).allocations > 300);
    first.child.kill("SIGKILL");
    await first.ended();
    const next = laboratory.start([program("filling")], { environment });
    try {
      await next.ask("c 1 100");
      expect(await laboratory.database.untilEnded(process)).toBe("killed");
    } finally {
      await next.ended("");
    }
    const page = await newPage();
    await page.goto(`${laboratory.stack.urls.gui}/p/${formatProcessKey(BigInt(process))}`);
    const banner = page.getByRole("region", { name: "How it ended" });
    expect(spaced(await banner.getByRole("paragraph").innerText())).toMatch(
      /filling was killed .* with 7\.93 MiB live/,
    );
    await banner.getByRole("button", { name: "Show that time" }).click();
    await page.waitForURL((url) => url.searchParams.get("measure") === "leaked" && url.searchParams.has("from"));
  });
});

describe("a server that asks who one is", () => {
  const token = "a-token-for-everybody";
  const children: ChildProcess[] = [];
  let url = "";

  beforeAll(async () => {
    const api = await start("services/api/dist/main.js", {
      HEAPHOUND_LISTEN: "127.0.0.1:0",
      HEAPHOUND_CLICKHOUSE_URL: laboratory.stack.urls.clickhouse,
      HEAPHOUND_API_TOKEN: token,
    });
    url = await start("services/gui/bin/start.mjs", { HEAPHOUND_LISTEN: "127.0.0.1:0", HEAPHOUND_API_URL: api });
  });
  afterAll(() => {
    for (const child of children) child.kill();
  });

  /** Resolves with the address that it says it listens on. */
  function start(file: string, environment: Record<string, string>): Promise<string> {
    const child = spawn(process.execPath, [join(installation, file)], {
      env: { PATH: process.env.PATH, ...environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    return new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`${file} ended with ${code}`)));
      createInterface({ input: child.stdout }).on("line", (line) => {
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
        if (address !== undefined) resolve(address);
      });
    });
  }

  it("leads to the sign-in and back to where one wanted to go, and forgets one again", async () => {
    const page = await newPage();
    await page.goto(`${url}/coverage?namespace=shop`);
    await page.waitForURL(/\/signin\?next=/);
    const box = page.getByRole("textbox", { name: "Token" });
    await box.fill("not-the-right-token");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").filter({ hasText: "not the token of this server" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await box.fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${url}/coverage?namespace=shop`);
    await page.getByText(/pods? of \d+ workloads/).waitFor();
    expect(await page.evaluate(() => document.cookie)).toBe("");
    await page.getByRole("button", { name: "Who you are" }).click();
    await page.getByText("You see all namespaces.").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/\/signin/);
    await page.goto(`${url}/`);
    await page.waitForURL(/\/signin\?next=/);
  });
});

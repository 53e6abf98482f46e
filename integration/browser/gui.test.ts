import { once } from "node:events";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { AxeBuilder } from "@axe-core/playwright";
import { formatProcessKey } from "@heaphound/service-kit";
import { eventually } from "@heaphound/service-kit/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Laboratory, type Recording } from "../support/laboratory.js";
import { program } from "../support/programs.js";
import { TestBrowser, type TestPage, type Theme } from "./browser.js";
import { ProcessPage, spaced } from "./process-page.js";

let laboratory: Laboratory;
let browser: TestBrowser;
let tree: Recording;
/** The process as addresses name it. */
let key: string;
const open: TestPage[] = [];

beforeAll(async () => {
  [laboratory, browser] = await Promise.all([
    Laboratory.open(["clickhouse", "ingester", "api", "gui"]),
    TestBrowser.open(),
  ]);
  tree = await laboratory.record([program("containers"), "300"]);
  key = formatProcessKey(BigInt(tree.process));
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

async function newPage(theme?: Theme): Promise<TestPage> {
  const page = await browser.page(theme);
  open.push(page);
  return page;
}

const gui = (path: string): string => laboratory.stack.urls.gui + path;

async function openTree(query = "", theme?: Theme): Promise<ProcessPage> {
  const view = new ProcessPage((await newPage(theme)).page);
  await view.open(gui(`/p/${key}${query}`));
  return view;
}

describe("the list of processes", () => {
  it("shows a recorded process with its figures, and finds it by name", async () => {
    const { page } = await newPage();
    await page.goto(gui("/"));
    const row = page.getByRole("row").filter({ hasText: "containers" });
    await row.waitFor();
    expect(spaced(await row.innerText())).toContain(grouped(tree.stored.allocations));
    await page.keyboard.press("/");
    await page.keyboard.type("no such program");
    await page.getByText("No process matches").waitFor();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("contain");
    await row.waitFor();
    await row.getByRole("link", { name: "containers" }).click();
    await page.waitForURL(`**/p/${key}`);
  });

  it("shows a new process while it runs, and its growth without reloading", async () => {
    const { page } = await newPage();
    await page.goto(gui("/"));
    await page.getByRole("row").filter({ hasText: "containers" }).waitFor();
    const worker = laboratory.start([program("worker")]);
    try {
      await worker.ask("5000");
      const row = page.getByRole("row").filter({ hasText: "worker" }).filter({ hasText: "running" });
      await row.waitFor();
      await worker.ask("20000");
      await row.filter({ hasText: /2[0-9]\u202f\d{3}/ }).waitFor();
    } finally {
      await worker.ended("");
    }
    await page.getByRole("row").filter({ hasText: "worker" }).filter({ hasText: "exit" }).waitFor();
  });
});

describe("the process page", () => {
  it("answers in one sentence what the database holds", async () => {
    const view = await openTree("?measure=allocated&weight=count");
    expect(await view.said()).toMatch(
      new RegExp(`^${grouped(tree.stored.allocations)} allocations allocated in the whole run`),
    );
    expect(await view.flameTotal()).toBe(grouped(tree.stored.allocations));
  });

  it("changes the flame graph by dragging in the timeline; back and forward restore it", async () => {
    const view = await openTree("?measure=allocated&weight=count");
    const whole = await view.flameTotal();
    await view.drag(0.3, 0.5);
    await eventually(async () => (await view.said()).startsWith("≈"));
    await view.page.mouse.up();
    await view.page.waitForURL(/[?&]from=\d+&to=\d+/);
    await view.settled();
    const part = await view.flameTotal();
    expect(number(part)).toBeGreaterThan(0);
    expect(number(part)).toBeLessThan(number(whole) * 0.5);
    expect(await view.said()).toContain(" allocated from ");
    await view.page.goBack();
    await eventually(async () => (await view.flameTotal()) === whole);
    await view.page.goForward();
    await eventually(async () => (await view.flameTotal()) === part);

    const copied = new ProcessPage((await newPage()).page);
    await copied.open(view.page.url());
    expect(await copied.flameTotal()).toBe(part);
  });

  it("moves, zooms and resets the window by keys and double click", async () => {
    const view = await openTree("?measure=allocated");
    await view.dragWindow(0.2, 0.4);
    const window = (): number[] =>
      ["from", "to"].map((name) => Number(new URL(view.page.url()).searchParams.get(name)));
    const [from = 0, to = 0] = window();
    await view.page.keyboard.press("]");
    await eventually(() => window()[0]! > from && Math.abs(window()[1]! - window()[0]! - (to - from)) <= 1);
    await view.page.keyboard.press("+");
    await eventually(() => Math.abs(window()[1]! - window()[0]! - (to - from) / 2) <= 2);
    const middle = await view.chartPoint(0.5);
    await view.page.mouse.dblclick(middle.x, middle.y);
    await eventually(() => new URL(view.page.url()).search === "?measure=allocated");
  });

  it("asks what is live at the moment that was clicked", async () => {
    const view = await openTree("?measure=allocated");
    const middle = await view.chartPoint(0.5);
    await view.page.mouse.click(middle.x, middle.y);
    await view.page.waitForURL(/[?&]at=\d+/);
    await view.settled();
    expect(await view.said()).toMatch(/ live at [\d.:]+/);
  });

  it("filters the tables by a clicked frame and adds its function to the question", async () => {
    const view = await openTree("?measure=allocated");
    const rows = view.page.getByRole("table", { name: "Stacks" });
    await rows.waitFor();
    const all = await rows.getAttribute("aria-rowcount");
    await view.clickFrame(6, 0.1);
    await view.page.waitForURL(/[?&]focus=/);
    await view.settled();
    const name = await view.panel.getByRole("heading").first().innerText();
    await eventually(async () => Number(await rows.getAttribute("aria-rowcount")) < Number(all));
    await rows
      .getByRole("button", { name: /^Frames of stack/ })
      .first()
      .click();
    await rows.getByRole("listitem").filter({ hasText: name }).first().waitFor();
    await view.panel.getByRole("button", { name: "Filter by this function" }).click();
    await view.page.waitForURL((url) => url.searchParams.get("q") === `function = ${JSON.stringify(name)}`);
    await view.settled();
    expect(await view.said()).toContain("where function = ");
  });

  it("walks the flame graph by keys", async () => {
    const view = await openTree("?measure=allocated");
    await view.flame.focus();
    for (let step = 0; step < 3; step += 1) await view.page.keyboard.press("ArrowDown");
    const name = await view.panel.getByRole("heading").first().innerText();
    expect(name).not.toBe("all stacks");
    await view.page.keyboard.press("Enter");
    await view.page.waitForURL((url) => url.searchParams.get("focus")?.startsWith(`${name}@`) === true);
    await view.page.keyboard.press("Escape");
    await view.page.waitForURL((url) => !url.searchParams.has("focus"));
  });

  it("shows where a question is wrong, and what may come next", async () => {
    const view = await openTree();
    await view.page.keyboard.press("/");
    await view.page.keyboard.type("si");
    await view.page.getByRole("option", { name: /^size/ }).waitFor();
    await view.page.keyboard.type("ze >= >");
    await view.page.getByRole("alert").filter({ hasText: "does not belong here" }).waitFor();
    await view.page.keyboard.press("ControlOrMeta+a");
    await view.page.keyboard.type("size >= 1KiB");
    await view.page.keyboard.press("Enter");
    await view.page.waitForURL((url) => url.searchParams.get("q") === "size >= 1KiB");
  });

  it("lists single allocations page by page", async () => {
    const view = await openTree("?measure=allocated&tab=allocations&sort=-size");
    const table = view.page.getByRole("table", { name: "Allocations" });
    const first = table.getByRole("row").nth(1).getByRole("cell");
    await first.first().waitFor();
    const largest = Number(await first.nth(1).locator("data").getAttribute("value"));
    const [stored] = await laboratory.database.rows<{ size: number }>(
      "SELECT max(size) AS size FROM allocations WHERE process = {process:UInt64}",
      { process: tree.process },
    );
    expect(largest).toBe(stored?.size);
    await table.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await view.page.getByText(/^400 of /).waitFor();
  });

  it("renews itself while the process runs", async () => {
    const worker = laboratory.start([program("worker")]);
    try {
      await worker.ask("5000");
      const found = await eventually(async () => {
        const response = await fetch(gui("/api/v1/processes?search=worker&sort=started&order=desc"));
        const list = (await response.json()) as { processes: { process: string; pid: number }[] };
        return list.processes.find(({ pid }) => pid === worker.pid)?.process;
      });
      const view = new ProcessPage((await newPage()).page);
      await view.open(gui(`/p/${found}?measure=allocated&weight=count`));
      await worker.ask("20000");
      await eventually(async () => (await view.flameTotal()) === "25 000" || number(await view.flameTotal()) > 25_000);
    } finally {
      await worker.ended("");
    }
  });
});

describe("downloads", () => {
  it("open in heaptrack_print with every allocation", async () => {
    const view = await openTree();
    await view.page.getByRole("button", { name: "Download" }).click();
    const [download] = await Promise.all([
      view.page.waitForEvent("download"),
      view.page.getByRole("link", { name: /^Heaptrack/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`heaptrack.containers.${tree.pid}.zst`);
    const file = join(browser.downloads, download.suggestedFilename());
    await download.saveAs(file);
    const printed = spawnSync("heaptrack_print", ["-f", file], { encoding: "utf8", maxBuffer: 2 ** 28 });
    expect(printed.status).toBe(0);
    expect(Number(/calls to allocation functions: (\d+)/.exec(printed.stdout)?.[1])).toBe(tree.stored.allocations);
  });

  it("carry the question", async () => {
    const view = await openTree("?measure=allocated&q=size+%3E+64");
    await view.page.getByRole("button", { name: "Download" }).click();
    const [download] = await Promise.all([
      view.page.waitForEvent("download"),
      view.page.getByRole("link", { name: /^Folded/ }).click(),
    ]);
    const folded = await text(download);
    const sum = folded.split("\n").reduce((bytes, line) => bytes + Number(/ (\d+)$/.exec(line)?.[1] ?? 0), 0);
    const [stored] = await laboratory.database.rows<{ bytes: number }>(
      "SELECT sum(size) AS bytes FROM allocations WHERE size > 64 AND process = {process:UInt64}",
      { process: tree.process },
    );
    expect(sum).toBe(stored?.bytes);
  });
});

describe("when something is wrong", () => {
  it("an unknown process leads to the list", async () => {
    const { page } = await newPage();
    await page.goto(gui("/p/0123456789abcdef"));
    await page.getByRole("link", { name: "Open the list of processes" }).click();
    await page.getByRole("row").filter({ hasText: "containers" }).waitFor();
  });

  it("an API that is gone is named, and the page comes back with it", async () => {
    const { page } = await newPage();
    await page.goto(gui("/"));
    await page.getByRole("row").filter({ hasText: "containers" }).waitFor();
    const api = laboratory.stack.service("api");
    api.kill("SIGKILL");
    try {
      await page.reload();
      await page
        .getByRole("alert")
        .filter({ hasText: "does not answer" })
        .filter({ hasText: "heaphound -- up" })
        .waitFor();
    } finally {
      await api.start();
    }
    await page.getByRole("row").filter({ hasText: "containers" }).waitFor();
  });
});

describe("for everybody", () => {
  const views = [
    "",
    "?measure=allocated&tab=allocations",
    "?tab=modules",
    "?q=size+%3E%3E",
    "?measure=leaked&q=size+%3E+100GiB",
  ];

  describe.each<Theme>(["light", "dark"])("in the %s theme", (theme) => {
    it("the list has no serious accessibility violation", async () => {
      const { page } = await newPage(theme);
      await page.goto(gui("/"));
      await page.getByRole("row").filter({ hasText: "containers" }).waitFor();
      expect(await violations(page)).toEqual([]);
    });

    it.each(views)("the process page %s has no serious accessibility violation", async (query) => {
      const { page } = await newPage(theme);
      await page.goto(gui(`/p/${key}${query}`));
      await page.getByRole("tabpanel").waitFor();
      await page.waitForFunction(() => document.querySelectorAll("[aria-busy=true], [data-busy]").length === 0);
      expect(await violations(page)).toEqual([]);
    });
  });

  it("t changes the theme and the choice stays", async () => {
    const view = await openTree();
    const theme = (): Promise<string | undefined> => view.page.evaluate(() => document.documentElement.dataset.theme);
    expect(await theme()).toBe("light");
    await view.page.keyboard.press("t");
    expect(await theme()).toBe("dark");
    await view.page.reload();
    await view.settled();
    expect(await theme()).toBe("dark");
  });

  it("nothing is asked of any other machine", async () => {
    const { page } = await newPage();
    const elsewhere: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(gui("/"))) elsewhere.push(request.url());
    });
    await page.goto(gui(`/p/${key}`));
    await page.getByRole("tabpanel").waitFor();
    expect(elsewhere).toEqual([]);
  });
});

async function violations(page: ConstructorParameters<typeof AxeBuilder>[0]["page"]): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ""}`));
}

async function text(download: { createReadStream: () => Promise<NodeJS.ReadableStream> }): Promise<string> {
  const stream = await download.createReadStream();
  let read = "";
  stream.on("data", (chunk: Buffer) => (read += chunk.toString()));
  await once(stream, "end");
  return read;
}

/** 1 234 567 */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, " ");
const number = (text: string): number => Number(text.replaceAll(" ", ""));

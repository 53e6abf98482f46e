// What people see and do of a process in Chromium while it runs: its mode, its memory map, whether it grows, and estimates.
import { formatProcessKey } from "@heaphound/service-kit";
import { eventually } from "@heaphound/service-kit/testing";
import { describe, expect, it } from "vitest";
import { program } from "../support/programs.js";
import type { ProgramRun } from "../support/program-run.js";
import { readSmaps } from "../support/smaps.js";
import { Pages } from "./pages.js";
import { spaced, type ProcessPage } from "./process-page.js";

const KIB = 1024;
const mebibytes = (bytes = 0): number => Math.floor(bytes / KIB / KIB);
const pages = Pages.forThisFile();

/** Starts a program that waits for orders, gives it one, and resolves with its recording. */
async function recorded(
  words: string[],
  order: string,
  environment = {},
): Promise<{ run: ProgramRun; process: string }> {
  const { laboratory } = pages;
  const startedMs = Date.now() - 1;
  const run = laboratory.start(words, { environment });
  await run.ask(order);
  return { run, process: await laboratory.database.findProcess(run.pid, startedMs, 60_000) };
}

const facts = async (view: ProcessPage): Promise<string> =>
  spaced(await view.page.getByRole("list", { name: "Facts" }).innerText());

describe("the buttons for recording", () => {
  it("change the mode of the running process, pause it and let it go on", async () => {
    const { run, process } = await recorded([program("worker")], "5000");
    const { database } = pages.laboratory;
    const stored = async (): Promise<number> => (await database.totals(process)).allocations;
    /** It hears what is asked of it while it has something to send. */
    const untilMode = async (view: ProcessPage, mode: string): Promise<void> => {
      await eventually(async () => {
        await run.ask("10");
        const [row] = await database.rows<{ mode: string }>(
          `SELECT argMax(to_mode, time_ns) AS mode FROM mode_changes WHERE process = {process:UInt64}`,
          { process },
        );
        return row?.mode === mode;
      });
      await view.page
        .getByRole("list", { name: "Facts" })
        .getByText(new RegExp(`^${mode}\\b`))
        .waitFor();
    };
    try {
      const view = await pages.ofProcess(process);
      expect(await facts(view)).toMatch(/^exact, nothing lost/);
      await view.page.getByRole("button", { name: "How it is recorded" }).click();
      await view.page.getByRole("button", { name: /^Sample/ }).click();
      await untilMode(view, "sample");
      await view.page.getByRole("button", { name: "Pause" }).click();
      await untilMode(view, "dormant");
      const before = await stored();
      await run.ask("20000");
      await view.page.getByRole("button", { name: "Record", exact: true }).click();
      await untilMode(view, "exact");
      await run.ask("3000");
      await eventually(async () => (await stored()) >= before + 3000);
      expect(await stored()).toBeLessThan(before + 20_000);
    } finally {
      await run.ended("");
    }
  });
});

describe("the memory map", () => {
  it("shows what the kernel says of every mapping, and who mapped it", async () => {
    const startedMs = Date.now() - 1;
    const run = pages.laboratory.start([program("mappings")]);
    try {
      const cache = await new Promise<string>((resolve) =>
        run.child.stdout.once("data", (text: Buffer) => resolve(text.toString().trim())),
      );
      const process = await pages.laboratory.database.findProcess(run.pid, startedMs, 60_000);
      const view = await pages.ofProcess(process, "?tab=maps");
      const rows = view.page.getByRole("table", { name: "Mappings" }).getByRole("row");
      await rows.filter({ hasText: cache }).waitFor();
      const truth = readSmaps(run.pid);
      const shown = await rows.evaluateAll((all) =>
        all.slice(1).map((row) => {
          const cells = [...row.querySelectorAll("td")];
          const bytes = (index: number): number => Number(cells[index]?.querySelector("data")?.value);
          return {
            start: cells[5]?.textContent ?? "",
            ...{ residentBytes: bytes(1), anonymousBytes: bytes(2), sizeBytes: bytes(3) },
            permissions: cells[4]?.textContent ?? "",
          };
        }),
      );
      expect(shown.length).toBeGreaterThan(20);
      // The kernel may join it with a neighbour that has the same rights, of which more and more is touched.
      const shownCache = shown.find(({ start }) => start === cache);
      for (const each of [shownCache, truth.get(cache)]) {
        expect(each?.permissions).toBe("rw-p");
        expect(mebibytes(each?.sizeBytes)).toBe(6);
        expect(mebibytes(each?.residentBytes)).toBe(3);
        expect(mebibytes(each?.anonymousBytes)).toBe(3);
      }
      // The library's own mappings come and go; what else changed since the sample was taken is little.
      const known = shown.filter(({ start }) => truth.has(start));
      expect(known.length).toBeGreaterThan(shown.length * 0.8);
      const same = known.filter(
        ({ start, sizeBytes, permissions }) =>
          truth.get(start)?.sizeBytes === sizeBytes && truth.get(start)?.permissions === permissions,
      );
      expect(same.length).toBeGreaterThan(known.length * 0.9);
      const resident = (mappings: Iterable<{ residentBytes: number }>): number =>
        [...mappings].reduce((sum, each) => sum + each.residentBytes, 0);
      expect(Math.abs(resident(shown) - resident(truth.values()))).toBeLessThan(2 * KIB * KIB);
      expect(spaced(await rows.filter({ hasText: cache }).innerText())).toMatch(
        /3\.\d\d MiB[^]*6\.\d\d MiB[^]*mmap at [^]*open_cache/,
      );
    } finally {
      await run.ended("");
    }
  });
});

describe("the first line", () => {
  it("says that it grows, since when and by which stack, and leads there", async () => {
    const { run, process } = await recorded([program("filling")], "c 20 1024");
    try {
      const view = await pages.ofProcess(process);
      const standing = view.page.getByRole("region", { name: "Standing" });
      await eventually(
        async () => {
          await run.ask(`t 4 ${20 * KIB}`);
          await run.ask(`c 1 ${2 * KIB}`);
          return /Grows by \+\S+ \wiB\/s since/.test(spaced(await standing.innerText()));
        },
        { everyMs: 50 },
      );
      await standing.getByRole("button", { name: "load_table" }).waitFor();
      await standing.getByRole("button", { name: "Show what grows" }).click();
      await view.page.waitForURL((url) => url.searchParams.get("measure") === "leaked" && url.searchParams.has("from"));
      await view.settled();
      expect(spaced(await view.stackRows.nth(1).innerText())).toContain("load_table");
    } finally {
      await run.ended("");
    }
  });

  it("says nothing of the kind when as much goes as comes", async () => {
    const { run, process } = await recorded([program("filling")], "t 100 4096");
    const startMs = Date.now();
    try {
      await eventually(async () => {
        await run.ask("c 50 2048");
        await run.ask("d 50");
        return Date.now() > startMs + 4000;
      });
      const view = await pages.ofProcess(process);
      await view.page
        .getByRole("region", { name: "Standing" })
        .getByText(/^● Steady for/)
        .waitFor();
    } finally {
      await run.ended("");
    }
  });
});

describe("figures from samples", () => {
  it("are marked as estimates everywhere, and hold the truth", async () => {
    const { run, process } = await recorded([program("worker")], "100000", {
      HEAPHOUND_MODE: "sample",
      HEAPHOUND_SAMPLE_BYTES: "4096",
    });
    const [allocations, bytes] = (await run.ask("1000")).split(" ").map(Number);
    await run.ended("");
    expect(await pages.laboratory.database.untilEnded(process)).toBe("exit");

    const view = await pages.ofProcess(process, "?measure=allocated");
    expect(await facts(view)).toMatch(/^sample, figures are estimates[^]*≈ [\d ]+ allocations, peak ≈ /);
    const [, estimate = "", within = "", count = ""] =
      /^([\d.]+ MiB) ± ([\d.]+ \wiB) allocated in the whole run .*: ≈ ([\d ]+) allocations by/.exec(
        await view.said(),
      ) ?? [];
    // An error bar holds the truth 19 times out of 20, one of twice the width all but 1 in 10,000 times.
    expect(Math.abs(bytesOf(estimate) - bytes!)).toBeLessThan(2 * bytesOf(within));
    expect(Number(count.replaceAll(" ", ""))).toBeGreaterThan(allocations! * 0.8);
    expect(spaced(await view.stackRows.nth(1).innerText())).toMatch(/≈ [\d.]+ MiB ± [\d.]+ \wiB/);
    expect(spaced(await view.panel.innerText())).toMatch(/total\s+≈ /);

    await view.page.goto(pages.address("/?search=worker"));
    const link = view.page.locator(`a[href="/p/${formatProcessKey(BigInt(process))}"]`);
    const row = view.page.getByRole("row").filter({ has: link });
    await row.waitFor();
    expect(spaced(await row.innerText())).toMatch(/≈ [\d.]+ KiB\s+≈ [\d.]+ KiB\s+≈ [\d ]+/);
  });
});

/** "9.54 MiB" */
function bytesOf(text: string): number {
  const [number, unit = "B"] = text.split(" ");
  return Number(number) * 1024 ** ["B", "KiB", "MiB", "GiB"].indexOf(unit);
}

// node services/gui/scripts/screenshots.mjs: makes the pictures of the documentation (docs/images/*.png) from the demo's data:
// starts all parts on a fresh database, profiles a redis-server under redis-benchmark, two short programs and one that grows until it is killed, and photographs
// the pages in Debian's Chromium, light and dark.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

/* global document -- in what the browser evaluates */

const root = path.resolve(import.meta.dirname, "../../..");
const images = path.join(root, "docs/images");
/** Pictures are the only binaries in the repository: they stay small. */
const MOST_BYTES = 300 * 1024;
const ROUNDS = 50;
const PHONE = { width: 400, height: 860 };
const WINDOW = { width: 1440, height: 900 };

/** Keeps all that it parses; tells when that has gone on for long enough to show. */
const GROWING = `
import json, time
kept, text = [], json.dumps([{"id": n, "name": "n" * 40} for n in range(60)])
for n in range(240):
    kept.append(json.loads(text))
    json.loads(text)
    time.sleep(0.05)
print("done", flush=True)
time.sleep(60)
`;

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const { choosePorts, makeSpool, preloadLibrary, recordingEnvironment, sendLeftovers, startStack } = await import(
  path.join(root, "services/cli/dist/index.js")
);
const { startRedis, work } = await import(path.join(root, "scripts/demo/redis.mjs"));
const { findRecording } = await import(path.join(root, "scripts/demo/checks.mjs"));

const dataDir = mkdtempSync(path.join(tmpdir(), "heaphound-pictures-"));
const stack = await startStack({ dataDir, ports: "any" });
/** @type {{ stop: () => Promise<void> } | null} */
let redis = null;
try {
  const environment = recordingEnvironment(process.env, preloadLibrary(), { server: stack.urls.grpc });
  await record([
    "/usr/bin/python3",
    "-c",
    "import json; [json.loads(json.dumps({'n': list(range(n))})) for n in range(2000)]",
  ]);
  await record([
    "sqlite3",
    ":memory:",
    "create table t(a,b); with recursive n(i) as (select 1 union all select i+1 from n where i<40000) insert into t select i, hex(i*7919) from n; create index i on t(b); select count(*) from t;",
  ]);
  const killed = await recordKilled();
  const { api: port } = await choosePorts("any");
  redis = await startRedis(port, environment);
  const stop = new AbortController();
  for (let round = 0; round < ROUNDS; round += 1) await work(port, round, stop.signal);
  const { pid } = /** @type {{ pid: number }} */ (/** @type {unknown} */ (redis));
  const recording = await findRecording(stack.urls.api, pid, caughtUp, 60_000);
  await photograph(recording, await findRecording(stack.urls.api, killed, ended));

  /** Grows for a while, then somebody kills it; what it had not sent is delivered from its spool. */
  async function recordKilled() {
    const spool = makeSpool(path.join(dataDir, "spool"));
    const child = spawn("/usr/bin/python3", ["-c", GROWING], {
      env: { ...environment, HEAPHOUND_SPOOL_DIR: spool, PYTHONMALLOC: "malloc" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    await sendLeftovers(spool, stack.urls.grpc);
    return child.pid ?? 0;
  }

  /** @param {string[]} words */
  async function record(words) {
    const child = spawn(words[0] ?? "", words.slice(1), { env: environment, stdio: "ignore" });
    await once(child, "exit");
  }
} finally {
  await redis?.stop();
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/**
 * What happened until now is stored; redis always does something.
 * @param {{ startedUnixNs: string; durationNs: number }} each
 */
function caughtUp({ startedUnixNs, durationNs }) {
  return Date.now() * 1e6 - Number(startedUnixNs) - durationNs < 2e9;
}

/** @param {{ running: boolean }} each */
function ended({ running }) {
  return !running;
}

/**
 * @param {{ process: string; durationNs: number }} recording
 * @param {{ process: string }} killed
 */
async function photograph({ process: key, durationNs }, killed) {
  mkdirSync(images, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: flags,
  });
  const window = `from=${Math.round(durationNs * 0.35)}&to=${Math.round(durationNs * 0.7)}`;
  const pictures = /** @type {const} */ ([
    ["process-light", "light", `/p/${key}`],
    ["process-dark", "dark", `/p/${key}?measure=allocated&${window}`],
    ["processes-light", "light", "/"],
    ["allocations-dark", "dark", `/p/${key}?tab=allocations&sort=-size`],
    ["maps-light", "light", `/p/${key}?tab=maps`],
    ["killed-light", "light", `/p/${killed.process}`],
    ["ending-dark", "dark", `/p/${killed.process}?tab=ending`],
    ["phone-dark", "dark", `/p/${killed.process}`],
  ]);
  try {
    for (const [name, colorScheme, address] of pictures) {
      const context = await browser.newContext({
        viewport: name.startsWith("phone") ? PHONE : WINDOW,
        colorScheme,
        reducedMotion: "reduce",
      });
      const page = await context.newPage();
      await page.goto(stack.urls.gui + address);
      await page
        .getByRole("main")
        .getByText(/live|processes/)
        .first()
        .waitFor();
      await page.waitForFunction(() => document.querySelectorAll("[aria-busy=true], [data-busy]").length === 0);
      if (/tab=/.test(address)) await page.getByRole("tablist").evaluate((list) => list.scrollIntoView());
      const file = path.join(images, `${name}.png`);
      await page.screenshot({ path: file, animations: "disabled" });
      await context.close();
      const bytes = statSync(file).size;
      process.stdout.write(`${path.relative(root, file)}: ${Math.round(bytes / 1024)} KiB\n`);
      if (bytes > MOST_BYTES) throw new Error(`${file} has ${bytes} bytes; at most ${MOST_BYTES} are wanted`);
    }
  } finally {
    await browser.close();
  }
}

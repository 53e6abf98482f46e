// How fast recordings become readable, and how fast they are read: a large recording is made to a file, imported, and asked.
import { existsSync, globSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { node, root } from "../scripts/lib/root.mjs";
import { say } from "../scripts/lib/step.mjs";
import { measure } from "./measure.mjs";
import { fixed, markdownTable, median } from "./table.mjs";
import { compilerWords } from "./workloads.mjs";

const cli = join(root, "services/cli/bin/heaphound.mjs");

/** cc1plus at its hardest work: millions of allocations with tens of thousands of stacks. */
async function recordLarge(library, folder) {
  const output = mkdtempSync(join(folder, "large-"));
  const environment = { HEAPHOUND_OUTPUT: join(output, "%p.hh"), HEAPHOUND_MIN_EVENTS: "1" };
  await measure(
    { words: compilerWords("-O3", "-g", "-DLEVELS=40") },
    { preload: library, environment, result: join(folder, "result.json") },
  );
  return globSync(join(output, "*.hh"))[0];
}

function importFile(file, server) {
  const begun = performance.now();
  const run = spawnSync(node, [cli, "import", file, "--server", server, "--json"], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`import failed: ${run.stderr}`);
  return { ...JSON.parse(run.stdout), seconds: (performance.now() - begun) / 1000 };
}

async function timed(url) {
  const begun = performance.now();
  const response = await fetch(url);
  const body = await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return { seconds: (performance.now() - begun) / 1000, bytes: body.byteLength };
}

/** First time (cold caches of the API) and median of five more. */
async function timeView(url) {
  const first = await timed(url);
  const more = [];
  for (let i = 0; i < 5; i++) more.push((await timed(url)).seconds);
  return { first: first.seconds, again: median(more), bytes: first.bytes };
}

export async function measureIngest({ stack, library, folder, database }) {
  say("bench: recording cc1plus to a file");
  const file = await recordLarge(library, folder);
  if (!file || !existsSync(file)) throw new Error("the large recording was not written");
  const size = statSync(file).size;
  say(`bench: importing ${fixed(size / 2 ** 20, 1)} MiB`);
  const imported = importFile(file, stack.urls.grpc);
  rmSync(file);
  const key = BigInt(`0x${imported.process}`).toString();
  const [stored] = await database.rows(
    `SELECT toFloat64(sum(b.allocations)) AS made, toFloat64(sum(b.frees)) AS freed FROM blocks AS b FINAL WHERE process = ${key}`,
  );
  const base = `${stack.urls.api}/api/v1/processes/${imported.process}`;
  const views = {
    "first chart (timeline, 500 points)": await timeView(`${base}/timeline?points=500`),
    "flame graph, allocated in the whole run": await timeView(`${base}/tree?measure=allocated&weight=bytes`),
    "flame graph, allocated in a window (25 % to 75 %)": await timeView(
      `${base}/tree?measure=allocated&weight=bytes&from=25%25&to=75%25`,
    ),
    "flame graph, live at half time": await timeView(`${base}/tree?measure=live&weight=bytes&at=50%25`),
    "table of stacks": await timeView(`${base}/groups?measure=allocated&limit=50`),
    leaks: await timeView(`${base}/leaks?limit=50`),
    "allocations, first page": await timeView(`${base}/allocations?limit=100`),
  };
  return { size, allocations: stored.made, frees: stored.freed, seconds: imported.seconds, views };
}

export function ingestTable(result) {
  const pairs = result.frees / result.seconds;
  const lines = [
    `A recording of cc1plus with ${fixed(result.allocations, 0)} allocations and ${fixed(result.frees, 0)} deallocations`,
    `(${fixed(result.size / 2 ** 20, 1)} MiB, ${fixed(result.size / (result.allocations + result.frees), 2)} bytes per event) was imported in`,
    `${fixed(result.seconds, 1)} s, until the last block was acknowledged: ${fixed(pairs, 0)} pairs per second, all parts on the one machine.`,
  ];
  const rows = Object.entries(result.views).map(([name, { first, again, bytes }]) => [
    name,
    fixed(first, 2),
    fixed(again, 2),
    fixed(bytes / 1024, 0),
  ]);
  return `${lines.join("\n")}\n\n${markdownTable(["question", "first s", "again s", "answer KiB"], rows)}`;
}

// What `demo --once` looks at before it says that the demo works: through the API and the GUI, as a reader would.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { say } from "../lib/step.mjs";

async function getJson(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${(await response.text()).slice(0, 300)}`);
  return response.json();
}

/** The recording of a process id, once the condition holds for it. */
export async function findRecording(api, pid, holds, timeoutMs = 30_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { processes } = await getJson(`${api}/api/v1/processes?sort=started&order=desc&limit=50`);
    const found = processes.find((each) => each.pid === pid);
    if (found && holds(found)) return found;
    if (Date.now() > deadline)
      throw new Error(`the recording of process ${pid} did not arrive in ${timeoutMs / 1000} s`);
    await pause(100);
  }
}

function expect(what, holds) {
  if (!holds) throw new Error(`check failed: ${what}`);
  say(`  ok  ${what}`);
}

async function checkHeaptrack(base) {
  const download = await fetch(`${base}/export/heaptrack`);
  expect("the Heaptrack export downloads", download.ok);
  const bytes = Buffer.from(await download.arrayBuffer());
  if (spawnSync("heaptrack_print", ["--version"]).error) return;
  const folder = mkdtempSync(join(tmpdir(), "heaphound-demo-"));
  const file = join(folder, "heaptrack.redis-server.1.zst");
  writeFileSync(file, bytes);
  const printed = spawnSync("heaptrack_print", ["-f", file], { encoding: "utf8", maxBuffer: 2 ** 28 });
  rmSync(folder, { recursive: true });
  expect(
    "heaptrack_print reads it",
    printed.status === 0 && /calls to allocation functions: \d{4,}/.test(printed.stdout),
  );
}

export async function checkRecording({ urls, recording }) {
  const base = `${urls.api}/api/v1/processes/${recording.process}`;
  expect(`${recording.allocations} allocations of ${recording.name} are stored`, recording.allocations > 1_000);
  expect("nothing was lost", recording.lossCount === 0);
  const timeline = await getJson(`${base}/timeline`);
  expect("the timeline has a peak", Math.max(...timeline.peakLiveBytes) > 100_000);
  const tree = await getJson(`${base}/tree?measure=allocated&weight=bytes`);
  expect("the flame graph names functions", tree.strings.includes("main"));
  const page = await fetch(`${urls.gui}/`);
  expect("the GUI answers", page.ok && (await page.text()).includes("<html"));
  await checkHeaptrack(base);
}

import { existsSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { ProcessSummary } from "@heaphound/query";
import { answerOf, apiAt, type Api } from "../api/client.js";
import type { GlobalOptions } from "../context.js";
import { dataDirectory, preloadLibrary, spoolDirectory } from "../paths.js";
import { say } from "../output/print.js";
import { bytes, count } from "../output/units.js";
import { makeSpool, sendLeftovers } from "../recording/leftovers.js";
import { recordingEnvironment, type RecordingOptions } from "../run/environment.js";
import { runProgram, type ProgramEnd } from "../run/program.js";
import { ensureStack } from "./up.js";

export interface RunOptions extends GlobalOptions, RecordingOptions {
  json?: string;
}

const ARRIVAL_TIMEOUT_MS = 15_000;
const ARRIVAL_POLL_MS = 100;

/** Runs a program under the profiler. Ends with the program's own exit code. */
export async function run(words: readonly string[], options: RunOptions): Promise<void> {
  const library = preloadLibrary();
  if (options.output !== undefined) return runToFile(words, library, options);
  const target = await chooseTarget(options);
  const startedMs = Date.now();
  const spool = makeSpool(spoolDirectory(dataDirectory(options.data)));
  const environment = recordingEnvironment(process.env, library, { ...options, server: target.server, spool });
  const end = await runProgram(words, environment);
  process.exitCode = end.exitCode;
  await sendLeftovers(spool, target.server);
  if (target.apiUrl === undefined) {
    writeResult(options.json, { process: null, ...end });
    return;
  }
  const found = await findRecording(apiAt(target.apiUrl), end.pid, startedMs);
  report(found, target.gui);
  writeResult(options.json, { process: found?.process ?? null, ...end });
}

interface Target {
  server: string;
  /** Where the recording can be looked up afterwards; unknown for an ingester elsewhere unless --api names it. */
  apiUrl: string | undefined;
  gui: string | undefined;
}

/** The named ingester, or the local stack, which is started if needed. */
async function chooseTarget(options: RunOptions): Promise<Target> {
  const namedApi = options.api ?? process.env.HEAPHOUND_API_URL;
  if (options.server !== undefined) return { server: options.server, apiUrl: namedApi, gui: undefined };
  const { urls } = await ensureStack(dataDirectory(options.data));
  return { server: urls.grpc, apiUrl: namedApi ?? urls.api, gui: urls.gui };
}

async function runToFile(words: readonly string[], library: string, options: RunOptions): Promise<void> {
  const pattern = resolve(options.output ?? "");
  const end = await runProgram(words, recordingEnvironment(process.env, library, { ...options, output: pattern }));
  process.exitCode = end.exitCode;
  const file = pattern.replaceAll("%p", String(end.pid));
  const recorded = existsSync(file);
  say(
    recorded
      ? `recorded to ${file}; load it: heaphound import ${file}`
      : "nothing was recorded: the program made no allocation",
  );
  writeResult(options.json, { file: recorded ? file : null, pid: end.pid, exitCode: end.exitCode });
}

function writeResult(
  file: string | undefined,
  result: ProgramEnd & { process?: string | null; file?: string | null },
): void {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(result)}\n`);
}

/** The recording with this process id, once all of it has arrived; what has arrived by then when that takes too long. */
async function findRecording(api: Api, pid: number, startedMs: number): Promise<ProcessSummary | null> {
  const deadline = Date.now() + ARRIVAL_TIMEOUT_MS;
  const query = { sort: "started", order: "desc", limit: 50 } as const;
  let found: ProcessSummary | null = null;
  // A process that recorded nothing never appears, and a second is long for the first message of one that did.
  const firstSight = Date.now() + 1_000;
  while (Date.now() < deadline && (found !== null || Date.now() < firstSight)) {
    const list = await answerOf(api.GET("/api/v1/processes", { params: { query } })).catch(() => null);
    found = list?.processes.find((each) => isRecording(each, pid, startedMs)) ?? null;
    if (found !== null && !found.running) return found;
    await pause(ARRIVAL_POLL_MS);
  }
  return found;
}

function isRecording(summary: ProcessSummary, pid: number, startedMs: number): boolean {
  const startedUnixMs = Number(BigInt(summary.startedUnixNs) / 1_000_000n);
  return summary.pid === pid && summary.hostname === hostname() && startedUnixMs >= startedMs - 1_000;
}

function report(found: ProcessSummary | null, gui: string | undefined): void {
  if (found === null) {
    say(
      "heaphound: no recording of this program arrived: it made no allocation, is statically linked, or is not dynamic code of this machine; HEAPHOUND_LOG=info tells more",
    );
    return;
  }
  const lost =
    found.lossCount === 0
      ? "nothing lost"
      : `${count(found.lossCount)} events lost (heaphound view process process=${found.process})`;
  say(
    `heaphound: process ${found.process}: ${count(found.allocations)} allocations, peak ${bytes(found.peakLiveBytes)}, ${bytes(found.liveBytes)} never freed, ${lost}`,
  );
  if (gui !== undefined) say(`heaphound: ${gui}/p/${found.process}`);
}

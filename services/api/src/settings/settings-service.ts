import type { ProcessSettings, ProcessSummary, RecordingMode } from "@heaphound/query";
import { Params } from "@heaphound/query/server";
import { AppError } from "@heaphound/service-kit";
import type { Database } from "../database/database.js";
import type { ProcessFinder } from "../processes/process-finder.js";
import { scopeOf } from "../views/question-window.js";

/** Part of a wish: what is not named stays as it was. */
export interface SettingsChange {
  mode?: RecordingMode | undefined;
  sampleBytes?: number | undefined;
  cullMs?: number | undefined;
  stop?: true | undefined;
}

interface SettingsRow {
  requested_ns: string;
  mode: string;
  sample_bytes: number;
  cull_ms: number;
  stop: boolean | number;
}

const NS_PER_MS = 1_000_000n;

/** What people want of running processes. The ingester that has the process's stream carries it there. */
export class SettingsService {
  constructor(
    private readonly database: Database,
    private readonly finder: ProcessFinder,
    private readonly nowMs: () => number = Date.now,
  ) {}

  async read(reference: string): Promise<ProcessSettings> {
    return this.settingsOf(await this.finder.find(reference));
  }

  async change(reference: string, change: SettingsChange): Promise<ProcessSettings> {
    const process = await this.finder.find(reference);
    if (!process.running) throw ended(process);
    const before = await this.settingsOf(process);
    if (before.stop) throw stopped(process);
    // Two requests of the same moment are two wishes: the later one counts.
    const requestedNs = maximum(BigInt(this.nowMs()) * NS_PER_MS, BigInt(before.requestedUnixNs ?? 0) + 1n);
    const after: ProcessSettings = { ...before, ...named(change), requestedUnixNs: String(requestedNs) };
    await this.database.insert("process_settings", rowOf(after, scopeOf(process).process));
    return after;
  }

  private async settingsOf(process: ProcessSummary): Promise<ProcessSettings> {
    const params = new Params();
    const query = params.query(`
SELECT toString(requested_ns) AS requested_ns, toString(mode) AS mode, sample_bytes, cull_ms, stop
FROM process_settings FINAL WHERE process = ${params.bind(scopeOf(process).process, "UInt64")}
LIMIT 1`);
    const [row] = await this.database.rows<SettingsRow>("settings", query);
    return {
      process: process.process,
      requestedUnixNs: row?.requested_ns ?? null,
      mode: row && row.mode !== "" ? (row.mode as RecordingMode) : null,
      sampleBytes: row && row.sample_bytes > 0 ? row.sample_bytes : null,
      cullMs: row && row.cull_ms > 0 ? row.cull_ms : null,
      stop: Boolean(row?.stop),
    };
  }
}

function named(change: SettingsChange): Partial<ProcessSettings> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

function rowOf(settings: ProcessSettings, process: string): Record<string, unknown> {
  return {
    process,
    requested_ns: settings.requestedUnixNs,
    mode: settings.mode ?? "",
    sample_bytes: settings.sampleBytes ?? 0,
    cull_ms: settings.cullMs ?? 0,
    stop: settings.stop,
  };
}

function maximum(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function ended({ process, endReason }: ProcessSummary): AppError {
  return new AppError(`process ${process} has ended (${endReason})`, {
    code: "process_ended",
    advice: "Settings are for processes that run; GET /api/v1/processes?q=running lists them.",
    httpStatus: 409,
  });
}

function stopped({ process }: ProcessSummary): AppError {
  return new AppError(`process ${process} was told to stop recording for good`, {
    code: "recording_stopped",
    advice: "Start the program anew to record it; `dormant` instead of stop can be taken back.",
    httpStatus: 409,
  });
}

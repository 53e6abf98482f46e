import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  preloadLibrary,
  recordingEnvironment,
  startStack,
  type ServiceName,
  type Stack,
  type StackOptions,
} from "@heaphound/cli";
import { readCounters, type Totals } from "./counters.js";
import { Database, type StoredTotals } from "./database.js";
import { buildPrograms, countingShim } from "./programs.js";
import { ProgramRun, type ProgramResult } from "./program-run.js";

export interface RunOptions {
  freeStacks?: boolean;
  follow?: boolean;
  /** Runs with the counting shim between the profiler and the C library. */
  counted?: boolean;
  environment?: Record<string, string>;
  input?: string;
}

export interface Recording extends ProgramResult {
  process: string;
  endReason: string;
  stored: StoredTotals;
  /** Zeroes unless the run was counted. */
  counted: Totals;
}

/** The real parts together on free ports and a data directory of their own: what a test needs to record and look. */
export class Laboratory {
  readonly folder: string;
  readonly database: Database;

  private constructor(
    readonly stack: Stack,
    folder: string,
  ) {
    this.folder = folder;
    this.database = new Database(stack.urls.clickhouse, stack.urls.ingester);
  }

  static async open(
    services: readonly ServiceName[] = ["clickhouse", "ingester", "api"],
    environment: NonNullable<StackOptions["environment"]> = {},
  ): Promise<Laboratory> {
    buildPrograms();
    const folder = mkdtempSync(join(tmpdir(), "heaphound-lab-"));
    const stack = await startStack({ dataDir: join(folder, "data"), ports: "any", services, environment });
    return new Laboratory(stack, folder);
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.stack.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The environment of a program that is recorded by this laboratory's ingester. */
  environment(options: RunOptions = {}): NodeJS.ProcessEnv {
    const base: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      HOME: this.folder,
      LC_ALL: "C.UTF-8",
      ...options.environment,
    };
    if (options.counted === true) {
      base.COUNT_DIR = join(this.folder, "counts");
      mkdirSync(base.COUNT_DIR, { recursive: true });
    }
    const { freeStacks = false, follow = false } = options;
    const environment = recordingEnvironment(base, preloadLibrary(), {
      server: this.stack.urls.grpc,
      freeStacks,
      follow,
    });
    // The shim stands behind the library: what the library needs for itself (to find symbols, to start its thread) while it
    // starts is not the program's.
    if (options.counted === true) environment.LD_PRELOAD = `${environment.LD_PRELOAD ?? ""}:${countingShim()}`;
    return environment;
  }

  /** Starts a program; the caller drives it. */
  start(words: readonly string[], options: RunOptions = {}): ProgramRun {
    return new ProgramRun(words, this.environment(options), this.folder);
  }

  /** Runs a program to its end and waits until its recording is complete. */
  async record(words: readonly string[], options: RunOptions = {}): Promise<Recording> {
    const startedMs = Date.now() - 1;
    const result = await this.start(words, options).ended(options.input ?? "");
    const recorded = await this.recordingOf(result.pid, startedMs);
    const counted = options.counted === true ? this.countsOf(result.pid) : { allocations: 0, bytes: 0, frees: 0 };
    return { ...result, ...recorded, counted };
  }

  countsOf(pid: number): Totals {
    return readCounters(join(this.folder, "counts"), pid);
  }

  /** The complete recording of a process that has ended or is about to. */
  async recordingOf(pid: number, startedMs: number): Promise<Pick<Recording, "process" | "endReason" | "stored">> {
    const process = await this.database.findProcess(pid, startedMs);
    const endReason = await this.database.untilEnded(process);
    return { process, endReason, stored: await this.database.totals(process) };
  }
}

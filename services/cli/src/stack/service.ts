import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { CliError } from "../errors.js";
import { lowerAutogroup } from "./autogroup.js";
import { identify, type ProcessIdentity } from "./pids.js";

export interface ServiceSpec {
  name: string;
  /** Script and arguments, run by this Node. */
  script: string;
  environment: Record<string, string>;
  /**
   * Of 0 to 19. Given by nice(1), which becomes the service, since threads of a running one would keep theirs; and to a session
   * of its own, see autogroup.ts.
   */
  niceness: number;
  /** Answers with 2xx once the service can do its work. */
  readyUrl: string;
  logFile: string;
}

export type ServiceState = "starting" | "ready" | "waiting" | "stopped";

const READY_POLL_MS = 40;
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 12_000;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 10_000;
/** A service that stayed up for this long starts its next backoff from the beginning. */
const HEALTHY_MS = 60_000;

/** One child process that is kept running: started, watched, restarted when it ends by itself, stopped when asked. */
export class Service {
  readonly spec: ServiceSpec;
  state: ServiceState = "stopped";
  restarts = 0;
  private child: ChildProcess | null = null;
  private wanted = false;
  private backoffMs = FIRST_BACKOFF_MS;
  private readonly changed: () => void;
  private readonly wake = new AbortController();

  constructor(spec: ServiceSpec, changed: () => void) {
    this.spec = spec;
    this.changed = changed;
  }

  /** Null while none runs. */
  identity(): ProcessIdentity | null {
    return this.child?.pid === undefined ? null : identify(this.child.pid);
  }

  /** Resolves when it is ready; throws, with the end of its log, when it ends or stays silent instead. */
  async start(): Promise<void> {
    this.wanted = true;
    const child = this.launch();
    const started = Date.now();
    while (!(await this.answers())) {
      if (hasEnded(child)) throw this.failure(`ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`);
      if (Date.now() - started > READY_TIMEOUT_MS)
        throw this.failure(`was not ready after ${READY_TIMEOUT_MS / 1000} s`);
      await pause(READY_POLL_MS);
    }
    this.become("ready");
  }

  /** SIGTERM, and SIGKILL if that is not enough. It stays down until `start`. */
  async stop(): Promise<void> {
    this.wanted = false;
    const child = this.child;
    if (child !== null && !hasEnded(child)) {
      const ended = once(child, "exit");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      child.kill("SIGTERM");
      await ended;
      clearTimeout(timer);
    }
    this.become("stopped");
  }

  /** Sends a signal and looks away: what the supervisor does next is what it would do after a crash. */
  kill(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Ends pending restarts for good. */
  dispose(): void {
    this.wanted = false;
    this.wake.abort();
  }

  private launch(): ChildProcess {
    const log = openSync(this.spec.logFile, "a");
    const child = spawn("nice", ["-n", `${this.spec.niceness}`, process.execPath, this.spec.script], {
      env: { ...inheritedEnvironment(), ...this.spec.environment },
      stdio: ["ignore", log, log],
      detached: this.spec.niceness > 0,
    });
    closeSync(log);
    if (this.spec.niceness > 0) lowerAutogroup(child.pid, this.spec.niceness);
    this.child = child;
    this.become("starting");
    const launchedMs = Date.now();
    child.on("error", () => this.changed());
    child.on("exit", () => void this.afterExit(child, Date.now() - launchedMs));
    return child;
  }

  private async afterExit(child: ChildProcess, livedMs: number): Promise<void> {
    if (child !== this.child || !this.wanted) return;
    // A first start that fails is reported to whoever waits in start(); only what had been ready is brought back.
    if (this.state === "starting" && this.restarts === 0) return;
    if (livedMs > HEALTHY_MS) this.backoffMs = FIRST_BACKOFF_MS;
    const delay = this.backoffMs;
    this.backoffMs = Math.min(2 * delay, LONGEST_BACKOFF_MS);
    this.restarts++;
    this.become("waiting");
    await pause(delay, undefined, { signal: this.wake.signal }).catch(() => undefined);
    if (!this.mayRestart()) return;
    await this.start().catch(() => undefined);
  }

  private mayRestart(): boolean {
    return this.wanted && this.state === "waiting";
  }

  private async answers(): Promise<boolean> {
    try {
      const response = await fetch(this.spec.readyUrl, { signal: AbortSignal.timeout(3_000) });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }

  private become(state: ServiceState): void {
    this.state = state;
    this.changed();
  }

  private failure(what: string): CliError {
    const tail = lastLines(this.spec.logFile, 12);
    return new CliError(`the ${this.spec.name} service ${what}${tail === "" ? "" : `:\n${tail}`}`, {
      advice: `Its log is ${this.spec.logFile}; \`heaphound check\` looks for what is missing.`,
    });
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

/** Settings meant for a profiled program, or for another stack, are not those of our services. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("HEAPHOUND_") && name !== "LD_PRELOAD"),
  );
}

function lastLines(file: string, count: number): string {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n");
  } catch {
    return "";
  }
}

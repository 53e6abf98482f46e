import type { Logger } from "./logger.js";

export type ShutdownStep = () => Promise<void> | void;

export interface ShutdownOptions {
  log: Logger;
  /** Whole time for all steps; what has not ended by then is abandoned. */
  deadlineMs?: number;
  exit?: (code: number) => void;
}

const DEFAULT_DEADLINE_MS = 10_000;

/**
 * Runs the registered steps once, newest first (what was opened last is closed first), then exits: 0 when all went
 * well, 1 when a step failed or the deadline passed. A second signal exits at once.
 */
export class Shutdown {
  private readonly steps: { name: string; run: ShutdownStep }[] = [];
  private running: Promise<number> | undefined;
  private readonly log: Logger;
  private readonly deadlineMs: number;
  private readonly exit: (code: number) => void;

  constructor(options: ShutdownOptions) {
    this.log = options.log;
    this.deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    this.exit = options.exit ?? ((code) => process.exit(code));
  }

  add(name: string, run: ShutdownStep): void {
    this.steps.push({ name, run });
  }

  /** Installs handlers for SIGTERM and SIGINT. */
  onSignals(): this {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (this.running) {
          this.log.warn({ signal }, "second signal, exiting at once");
          this.exit(1);
          return;
        }
        void this.run(signal);
      });
    }
    return this;
  }

  /** Closes everything and exits. Idempotent: later calls wait for the first. */
  run(reason: string, exitCode = 0): Promise<number> {
    this.running ??= this.runOnce(reason, exitCode);
    return this.running;
  }

  private async runOnce(reason: string, exitCode: number): Promise<number> {
    this.log.info({ reason }, "shutting down");
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), this.deadlineMs);
    });
    const clean = await Promise.race([this.runSteps(), deadline]);
    clearTimeout(timer);
    const code = clean ? exitCode : 1;
    this.log.info({ code }, clean ? "stopped" : "stopped with errors or at the deadline");
    this.exit(code);
    return code;
  }

  private async runSteps(): Promise<boolean> {
    let clean = true;
    for (const step of this.steps.toReversed()) {
      try {
        await step.run();
      } catch (error) {
        clean = false;
        this.log.error({ step: step.name, error }, "could not close cleanly");
      }
    }
    return clean;
  }
}

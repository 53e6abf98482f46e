import { EngineError } from "./engine-error.js";

/** How many queries run at once; more wait in line, up to a bound. */
export class Slots {
  private running = 0;
  private readonly line: (() => void)[] = [];

  constructor(
    private readonly capacity: number,
    private readonly maxWaiting: number,
  ) {}

  get active(): number {
    return this.running;
  }

  get waiting(): number {
    return this.line.length;
  }

  /** Resolves with the function that frees the slot. Rejects when the line is full or the caller leaves it. */
  async acquire(signal: AbortSignal): Promise<() => void> {
    if (this.running < this.capacity) this.running++;
    else await this.wait(signal);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.line.shift();
      // The slot goes to the next in line directly, so nobody can slip in between.
      if (next) next();
      else this.running--;
    };
  }

  private wait(signal: AbortSignal): Promise<void> {
    if (this.line.length >= this.maxWaiting) {
      throw new EngineError(
        202,
        "TOO_MANY_SIMULTANEOUS_QUERIES",
        `Too many simultaneous queries: ${this.capacity} run and ${this.maxWaiting} wait`,
      );
    }
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        this.line.splice(this.line.indexOf(enter), 1);
        reject(new EngineError(394, "QUERY_WAS_CANCELLED", "Query was cancelled while it waited to run"));
      };
      this.line.push(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}

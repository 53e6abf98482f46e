import type { Hello } from "@heaphound/wire";
import { appendProcess, type ProcessState } from "../store/process-row.js";
import type { Writer } from "../store/writer.js";
import type { PendingBlocks } from "./pending.js";

const NS_PER_MS = 1_000_000n;

export interface Origin {
  /** A recording keeps its own times: what is seen now happened then. */
  isImport: boolean;
  workload: string;
}

/** Keeps the `processes` row of one stream up to date: at Hello, every few seconds, at the end. */
export class ProcessWatch {
  private state: ProcessState;
  private newestEventNs = 0n;
  private timer: NodeJS.Timeout | undefined;
  private isAbandoned = false;

  constructor(
    private readonly writer: Writer,
    private readonly pending: PendingBlocks,
    private readonly hello: Hello,
    private readonly origin: Origin,
  ) {
    this.state = { updatedNs: 0n, lastSeenNs: 0n, endedNs: 0n, endReason: "", workload: origin.workload };
  }

  /** Writes the first row, which says that the process runs (again); `stored` is called when the database has it. */
  async start(refreshMs: number, stored: () => void): Promise<void> {
    await this.write({ endedNs: 0n, endReason: "" }, stored);
    if (!this.isAbandoned) this.timer = setInterval(() => void this.refresh(), refreshMs);
  }

  sawEvents(newestNs: bigint): void {
    if (newestNs > this.newestEventNs) this.newestEventNs = newestNs;
  }

  /** The process has said Goodbye. */
  async ended(endedNs: bigint, endReason: string): Promise<void> {
    this.stop();
    await this.write({ endedNs: endedNs === 0n ? this.seenNs() : endedNs, endReason });
  }

  /** The stream is gone. A live process may come back; a recording that has no Goodbye ends where its events end. */
  async streamEnded(isComplete: boolean): Promise<void> {
    if (this.timer === undefined) return;
    this.stop();
    if (this.origin.isImport && isComplete) await this.write({ endedNs: this.seenNs(), endReason: "imported" });
    else await this.write({ endedNs: 0n, endReason: "" });
  }

  /** Another stream of the process keeps the row now: what still waits to be written would contradict it. */
  abandon(): void {
    this.stop();
    this.isAbandoned = true;
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async refresh(): Promise<void> {
    try {
      await this.write({ endedNs: 0n, endReason: "" });
    } catch {
      this.stop(); // the writer has been stopped
    }
  }

  private async write(end: Pick<ProcessState, "endedNs" | "endReason">, stored?: () => void): Promise<void> {
    await this.writer.room();
    if (this.isAbandoned) return;
    this.state = { ...this.state, updatedNs: after(this.state.updatedNs), lastSeenNs: this.seenNs(), ...end };
    const { process } = this.hello;
    this.pending.begin(process);
    this.writer.append((tables) => appendProcess(tables, this.hello, this.state), {
      process,
      sequence: 0,
      stored: () => {
        this.pending.end(process);
        stored?.();
      },
    });
  }

  private seenNs(): bigint {
    if (!this.origin.isImport) return nowNs();
    return this.newestEventNs > this.hello.startedUnixNs ? this.newestEventNs : this.hello.startedUnixNs;
  }
}

function nowNs(): bigint {
  return BigInt(Date.now()) * NS_PER_MS;
}

/** Now, but later than a row that was written within the same millisecond. */
function after(previousNs: bigint): bigint {
  const now = nowNs();
  return now > previousNs ? now : previousNs + 1n;
}

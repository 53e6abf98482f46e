import type { Hello } from "@heaphound/wire";
import { appendProcess, type ProcessState } from "../store/process-row.js";
import type { Writer } from "../store/writer.js";
import type { PendingBlocks } from "./pending.js";

const NS_PER_MS = 1_000_000n;

export interface Origin {
  /** A recording keeps its own times: what is seen now happened then. */
  isImport: boolean;
  workload: string;
  /** Name of this ingester where several share the database, else empty. */
  ingester: string;
  /** Time of the newest row that is there: ours are newer, whatever the clock of its writer said. */
  rowNs: bigint;
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
    const { workload, ingester, rowNs } = origin;
    this.state = { updatedNs: rowNs, lastSeenNs: 0n, endedNs: 0n, endReason: "", workload, ingester };
  }

  /**
   * Writes the first row, which says that the process runs (again); `stored` is called when the database has it. Where
   * several ingesters share the database, resolves only then: from then on the others know whose the process is.
   */
  async start(refreshMs: number, stored: () => void): Promise<void> {
    const isShared = this.origin.ingester !== "";
    let resolve = (): void => undefined;
    const isStored = new Promise<void>((done) => (resolve = done));
    const written = (): void => {
      stored();
      resolve();
    };
    await this.write({ endedNs: 0n, endReason: "" }, { stored: written, isUrgent: isShared });
    if (isShared && !this.isAbandoned) await isStored;
    if (!this.isAbandoned) this.timer = setInterval(() => void this.refresh(), refreshMs);
  }

  sawEvents(newestNs: bigint): void {
    if (newestNs > this.newestEventNs) this.newestEventNs = newestNs;
  }

  /** The process has said Goodbye. */
  async ended(endedNs: bigint, endReason: string): Promise<void> {
    this.stop();
    await this.release();
    await this.write({ endedNs: endedNs === 0n ? this.seenNs() : endedNs, endReason });
  }

  /** The stream is gone. A live process may come back; a recording that has no Goodbye ends where its events end. */
  async streamEnded(isComplete: boolean): Promise<void> {
    if (this.timer === undefined) return;
    this.stop();
    await this.release();
    if (this.origin.isImport && isComplete) await this.write({ endedNs: this.seenNs(), endReason: "imported" });
    else await this.write({ endedNs: 0n, endReason: "" });
  }

  /** Another stream of the process keeps the row now: what still waits to be written would contradict it. */
  abandon(): void {
    this.stop();
    this.isAbandoned = true;
  }

  /** The next row says that nothing of the process waits here any more, so it may not be in a batch with what does. */
  private async release(): Promise<void> {
    if (this.state.ingester === "") return;
    await this.pending.settled(this.hello.process);
    this.state.ingester = "";
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

  private async write(
    end: Pick<ProcessState, "endedNs" | "endReason">,
    { stored, isUrgent = false }: { stored?: () => void; isUrgent?: boolean } = {},
  ): Promise<void> {
    await this.writer.room();
    if (this.isAbandoned) return;
    this.state = { ...this.state, updatedNs: after(this.state.updatedNs), lastSeenNs: this.seenNs(), ...end };
    const { process } = this.hello;
    this.pending.begin(process);
    this.writer.append((tables) => appendProcess(tables, this.hello, this.state), {
      process,
      sequence: 0,
      isUrgent,
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

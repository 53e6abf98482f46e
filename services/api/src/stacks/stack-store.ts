import type { Database } from "../database/database.js";
import type { ProcessStacks } from "./process-stacks.js";
import { StackLoader } from "./stack-loader.js";

/** How long a frame without symbols is shown by its offset before they are looked for again. */
const SYMBOL_REFRESH_MS = 2_000;

interface Cached {
  loader: StackLoader;
  /** One load of a process at a time; others wait for it and then look again. */
  busy: Promise<void>;
  refreshedAt: number;
}

/** Stacks with symbols of the processes looked at last, within a memory budget. Frames of a stack never change. */
export class StackStore {
  private readonly processes = new Map<string, Cached>();

  constructor(
    private readonly database: Database,
    private readonly budgetBytes: number,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** The stacks of a process, of which at least those wanted are loaded as far as they are stored. */
  async load(process: string, wanted: Iterable<number>): Promise<ProcessStacks> {
    const cached = this.take(process);
    const turn = cached.busy.then(() => this.fill(cached, wanted));
    // A failed load must not fail those who come after it.
    cached.busy = turn.catch(() => undefined);
    await turn;
    this.evict(process);
    return cached.loader.stacks;
  }

  /**
   * Begins to load a process that nobody has asked for yet: all of its stacks, since most questions need most of them. Whoever
   * calls `load` afterwards waits for it. What goes wrong is reported there.
   */
  prefetch(process: string): void {
    if (this.processes.has(process)) return;
    const cached = this.take(process);
    cached.busy = cached.loader.loadNew().catch(() => undefined);
  }

  private async fill(cached: Cached, wanted: Iterable<number>): Promise<void> {
    await cached.loader.loadStacks(wanted);
    if (this.nowMs() - cached.refreshedAt < SYMBOL_REFRESH_MS) return;
    cached.refreshedAt = this.nowMs();
    await cached.loader.refreshSymbols();
  }

  /** Moves the process to the end of the map: the first is the one that was not asked for the longest. */
  private take(process: string): Cached {
    const cached = this.processes.get(process) ?? {
      loader: new StackLoader(this.database, process),
      busy: Promise.resolve(),
      refreshedAt: this.nowMs(),
    };
    this.processes.delete(process);
    this.processes.set(process, cached);
    return cached;
  }

  private evict(keep: string): void {
    let sum = 0;
    for (const { loader } of this.processes.values()) sum += loader.stacks.byteLength;
    for (const [process, { loader }] of this.processes) {
      if (sum <= this.budgetBytes) return;
      if (process === keep) continue;
      sum -= loader.stacks.byteLength;
      this.processes.delete(process);
    }
  }
}

/** Counts the rows and blocks on their way to the database, process by process, so that a new stream can wait until they are settled. */
export class PendingBlocks {
  private readonly counts = new Map<bigint, number>();
  private readonly waiters = new Map<bigint, (() => void)[]>();

  begin(process: bigint): void {
    this.counts.set(process, (this.counts.get(process) ?? 0) + 1);
  }

  end(process: bigint): void {
    const left = (this.counts.get(process) ?? 0) - 1;
    if (left > 0) {
      this.counts.set(process, left);
      return;
    }
    this.counts.delete(process);
    const waiters = this.waiters.get(process) ?? [];
    this.waiters.delete(process);
    for (const resolve of waiters) resolve();
  }

  /** Of which something is on its way. */
  get processes(): bigint[] {
    return [...this.counts.keys()];
  }

  async settled(process: bigint): Promise<void> {
    if (!this.counts.has(process)) return;
    await new Promise<void>((resolve) => {
      const waiters = this.waiters.get(process);
      if (waiters) waiters.push(resolve);
      else this.waiters.set(process, [resolve]);
    });
  }
}

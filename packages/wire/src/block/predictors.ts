/**
 * Guesses that encoder and decoder make alike, indexed by stack number. They start empty in each block; only what was
 * touched is cleared, so a block costs by its events, not by the process's number of stacks.
 */
export class StackSuccessors {
  private successors = new Uint32Array(1024);
  private previous = 0;
  private highest = 0;

  clear(): void {
    this.successors.fill(0, 0, this.highest + 1);
    this.highest = 0;
    this.previous = 0;
  }

  /** Makes room for stacks up to this number. */
  reserve(stack: number): void {
    if (stack < this.successors.length) return;
    const larger = new Uint32Array(roomFor(stack));
    larger.set(this.successors);
    this.successors = larger;
  }

  /** The stack that followed the previous one last time, 0 before any. */
  predict(): number {
    return this.successors[this.previous]!;
  }

  learn(stack: number): void {
    this.successors[this.previous] = stack;
    this.previous = stack;
    if (stack > this.highest) this.highest = stack;
  }
}

/** The last size of each stack. */
export class StackSizes {
  private sizes = new Float64Array(1024);
  private highest = 0;

  clear(): void {
    this.sizes.fill(0, 0, this.highest + 1);
    this.highest = 0;
  }

  reserve(stack: number): void {
    if (stack < this.sizes.length) return;
    const larger = new Float64Array(roomFor(stack));
    larger.set(this.sizes);
    this.sizes = larger;
  }

  predict(stack: number): number {
    return this.sizes[stack]!;
  }

  learn(stack: number, sizeBytes: number): void {
    this.sizes[stack] = sizeBytes;
    if (stack > this.highest) this.highest = stack;
  }
}

function roomFor(stack: number): number {
  return 1 << (32 - Math.clz32(stack));
}

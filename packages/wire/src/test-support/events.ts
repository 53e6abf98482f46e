import fc from "fast-check";
import type { AllocationOrigin, WireEvent } from "../encode/events.js";

/** A block's worth of events with what they need of earlier blocks, for property tests. */
export interface EventScript {
  firstAllocation: number;
  stackCount: number;
  hasFreeStacks: boolean;
  events: WireEvent[];
}

/** Values around every boundary of the format: one to ten byte varints, escapes, classes. */
const interestingSizes = [
  0,
  1,
  24,
  25,
  16_384,
  16_385,
  65_534,
  65_535,
  65_536,
  0xfffffffe,
  0xffffffff,
  2 ** 32,
  2 ** 40,
  2 ** 52 - 1,
];
const size = fc.oneof({ weight: 3, arbitrary: fc.nat(200) }, fc.constantFrom(...interestingSizes), fc.nat(2 ** 31 - 1));
const delta = fc.oneof(
  { weight: 4, arbitrary: fc.nat(20) },
  fc.integer({ min: -1000, max: 1000 }),
  fc.maxSafeNat().map((n) => n % 2 ** 42),
);
const key = fc.oneof(
  { weight: 3, arbitrary: fc.nat(2 ** 26) },
  fc.nat(2 ** 31 - 1),
  fc.maxSafeNat().map((n) => n % 2 ** 52),
);
const origin: fc.Arbitrary<AllocationOrigin["type"] | "malloc"> = fc.constantFrom(
  "malloc",
  "malloc",
  "calloc",
  "realloc",
  "aligned",
);

const step = fc.record({
  free: fc.double({ min: 0, max: 1, noNaN: true }), // which live allocation to free, if any
  pick: fc.nat(),
  late: fc.boolean(),
  reuse: fc.boolean(),
  delta,
  size,
  key,
  origin,
  thread: fc.nat(3).map((n) => n + 1),
  stack: fc.nat(),
  freeStack: fc.nat(),
  sampleBytes: fc.constantFrom(0, 0, 524_288, 1, 2 ** 40),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export const eventScript: fc.Arbitrary<EventScript> = fc
  .record({
    firstAllocation: fc.constantFrom(1, 2, 1_000, 2 ** 33, 2 ** 51),
    stackCount: fc.constantFrom(0, 1, 5, 300, 70_000),
    hasFreeStacks: fc.boolean(),
    steps: fc.array(step, { maxLength: 300 }),
  })
  .map(({ firstAllocation, stackCount, hasFreeStacks, steps }) => {
    const script = new ScriptWriter(firstAllocation, stackCount, hasFreeStacks);
    for (const each of steps) script.add(each);
    return { firstAllocation, stackCount, hasFreeStacks, events: script.events };
  });

class ScriptWriter {
  readonly events: WireEvent[] = [];
  private readonly live: { number: number; sizeBytes: number; key: number }[] = [];
  private readonly freed: number[] = [];
  private ticks = 0;
  private next: number;

  constructor(
    private readonly firstAllocation: number,
    private readonly stackCount: number,
    private readonly hasFreeStacks: boolean,
  ) {
    this.next = firstAllocation;
  }

  add(step: Step): void {
    this.ticks += step.delta;
    if (step.free < 0.45 && this.live.length > 0) this.free(step);
    else if (step.late && this.firstAllocation > 1) this.lateFree(step);
    else this.allocate(step);
  }

  private allocate(step: Step): void {
    const reused = step.reuse ? this.freed.pop() : undefined;
    const keyUsed = reused ?? step.key;
    const number = this.next++;
    this.live.push({ number, sizeBytes: step.size, key: keyUsed });
    const kind = originOf(step, number);
    this.events.push({
      type: "allocation",
      ticks: this.ticks,
      thread: step.thread,
      stack: step.stack % (this.stackCount + 1),
      sizeBytes: step.size,
      key: keyUsed,
      ...(kind && { kind }),
      ...(step.sampleBytes > 0 && { sampleBytes: step.sampleBytes }),
    });
  }

  private free(step: Step): void {
    const [gone] = this.live.splice(step.pick % this.live.length, 1);
    this.freed.push(gone!.key);
    this.events.push({
      type: "free",
      ticks: this.ticks,
      thread: step.thread,
      allocation: gone!.number,
      ...this.freeStack(step),
    });
  }

  private lateFree(step: Step): void {
    this.events.push({
      type: "free",
      ticks: this.ticks,
      thread: step.thread,
      allocation: 1 + (step.key % (this.firstAllocation - 1)),
      late: {
        ticks: this.ticks - (step.key % 2 ** 48),
        sizeBytes: step.size,
        stack: step.stack % (this.stackCount + 1),
        ...(step.sampleBytes > 0 && { sampleBytes: step.sampleBytes }),
      },
      ...this.freeStack(step),
    });
  }

  private freeStack(step: Step): { freeStack?: number } {
    return this.hasFreeStacks ? { freeStack: step.freeStack % (this.stackCount + 1) } : {};
  }
}

function originOf(step: Step, number: number): AllocationOrigin | undefined {
  switch (step.origin) {
    case "malloc":
      return undefined;
    case "calloc":
      return { type: "calloc" };
    case "realloc":
      return { type: "realloc", replaced: step.pick % number };
    case "aligned":
      return { type: "aligned", alignmentLog2: step.pick % 64 };
  }
}

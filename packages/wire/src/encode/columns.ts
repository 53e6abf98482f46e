import { classOfSize, FreedKeys, keysTaken, LastKeys } from "../block/classes.js";
import { KIND_ALIGNED, KIND_CALLOC, KIND_REALLOC } from "../block/kinds.js";
import { StackSizes, StackSuccessors } from "../block/predictors.js";
import { Column_Kind } from "../gen/heaphound/v1/ingest_pb.js";
import { ByteWriter, byteLength, zigzag } from "./byte-writer.js";
import type { AllocationEvent, AllocationOrigin, FreeEvent, WireEvent } from "./events.js";

export interface EncodedEvents {
  eventCount: number;
  allocationCount: number;
  /** Uncompressed, in order of their kind, empty ones left out. */
  columns: { kind: Column_Kind; bytes: Uint8Array }[];
}

const NUMBERS_IN_BIG = 64;

/** Runs of (sampling interval, number of events); nothing when the interval is 0 throughout. */
class SampleRuns {
  private readonly writer = new ByteWriter();
  private sampleBytes = 0;
  private events = 0;

  add(sampleBytes: number): void {
    if (sampleBytes !== this.sampleBytes && this.events > 0) this.flush();
    this.sampleBytes = sampleBytes;
    this.events++;
  }

  finish(): ByteWriter {
    if (this.sampleBytes !== 0 || this.writer.size > 0) this.flush();
    return this.writer;
  }

  private flush(): void {
    this.writer.varint(this.sampleBytes);
    this.writer.varint(this.events);
    this.events = 0;
  }
}

/** Encodes the events of one block: the reverse of BlockDecoder, and the model for the C encoder's tests. */
export class EventEncoder {
  private readonly control = new ByteWriter();
  private readonly time = new ByteWriter();
  private readonly stacks = new ByteWriter();
  private readonly sizes = new ByteWriter();
  private readonly addresses = new ByteWriter();
  private readonly ages = new ByteWriter();
  private readonly late = new ByteWriter();
  private readonly threads = new ByteWriter();
  private readonly kinds = new ByteWriter();
  private readonly freeStacks = new ByteWriter();
  private readonly big = new ByteWriter();
  private readonly allocationSamples = new SampleRuns();
  private readonly lateSamples = new SampleRuns();

  private readonly successors = new StackSuccessors();
  private readonly freeSuccessors = new StackSuccessors();
  private readonly lateSuccessors = new StackSuccessors();
  private readonly stackSizes = new StackSizes();
  private readonly lateSizes = new StackSizes();
  private readonly freedKeys = new FreedKeys();
  private readonly lastKeys = new LastKeys();

  private readonly blockAllocations: { sizeBytes: number; key: number }[] = [];
  private eventCount = 0;
  private ticks = 0;
  private thread = 0;
  private threadEvents = 0;
  private plainSinceKind = 0;
  private previousKey = 0;
  private previousSize = 0;
  private lateAllocation: number;
  private lateTicks = 0;

  constructor(
    private readonly firstAllocation: number,
    private readonly hasFreeStacks: boolean,
  ) {
    this.lateAllocation = firstAllocation;
  }

  add(event: WireEvent): void {
    this.eventCount++;
    this.addThread(event.thread);
    const delta = event.ticks - this.ticks;
    const isShort = delta >= 0 && delta < 15;
    if (!isShort) this.time.varint(zigzag(delta));
    this.ticks = event.ticks;
    const low = event.type === "allocation" ? 1 | this.addAllocation(event) : this.addFree(event) << 1;
    this.control.u8(low | ((isShort ? delta : 15) << 4));
  }

  finish(): EncodedEvents {
    this.flushThread();
    const columns = (
      [
        [Column_Kind.CONTROL, this.control],
        [Column_Kind.TIME, this.time],
        [Column_Kind.STACK, this.stacks],
        [Column_Kind.SIZE, this.sizes],
        [Column_Kind.ADDRESS, this.addresses],
        [Column_Kind.AGE, this.ages],
        [Column_Kind.LATE, this.late],
        [Column_Kind.THREAD, this.threads],
        [Column_Kind.ALLOCATION_KIND, this.kinds],
        [Column_Kind.FREE_STACK, this.freeStacks],
        [Column_Kind.BIG, this.big],
        [Column_Kind.ALLOCATION_SAMPLE, this.allocationSamples.finish()],
        [Column_Kind.LATE_SAMPLE, this.lateSamples.finish()],
      ] as const
    )
      .filter(([, writer]) => writer.size > 0)
      .map(([kind, writer]) => ({ kind, bytes: writer.bytes() }));
    return { eventCount: this.eventCount, allocationCount: this.blockAllocations.length, columns };
  }

  private addThread(thread: number): void {
    if (thread !== this.thread) this.flushThread();
    this.thread = thread;
    this.threadEvents++;
  }

  private flushThread(): void {
    if (this.threadEvents === 0) return;
    this.threads.varint(this.thread);
    this.threads.varint(this.threadEvents);
    this.threadEvents = 0;
  }

  /** Returns the control bits 1 to 3: what was predicted. */
  private addAllocation(event: AllocationEvent): number {
    const { stack, sizeBytes, key } = event;
    this.reserve(stack);
    const stackHit = this.successors.predict() === stack;
    if (!stackHit) this.stacks.uint(stack, 3);
    this.successors.learn(stack);
    const sizeHit = this.stackSizes.predict(stack) === sizeBytes;
    if (!sizeHit) this.addSize(sizeBytes);
    this.stackSizes.learn(stack, sizeBytes);
    const keyHit = this.addKey(sizeBytes, key);
    this.blockAllocations.push({ sizeBytes, key });
    this.addKind(event.kind);
    this.allocationSamples.add(event.sampleBytes ?? 0);
    return (stackHit ? 2 : 0) | (sizeHit ? 4 : 0) | (keyHit ? 8 : 0);
  }

  private addSize(sizeBytes: number): void {
    if (sizeBytes < 0xffff) {
      this.sizes.uint(sizeBytes, 2);
      return;
    }
    this.sizes.uint(0xffff, 2);
    this.big.varint(sizeBytes);
  }

  private addKey(sizeBytes: number, key: number): boolean {
    const sizeClass = classOfSize(sizeBytes);
    const hit = this.freedKeys.newest(sizeClass) === key;
    if (hit) this.freedKeys.pop(sizeClass);
    else this.addExplicitKey(sizeClass, key);
    this.lastKeys.set(sizeClass, key);
    this.previousKey = key;
    this.previousSize = sizeBytes;
    return hit;
  }

  private addExplicitKey(sizeClass: number, key: number): void {
    const isRightBehind = key === this.previousKey + keysTaken(this.previousSize);
    const z = isRightBehind ? 0 : zigzag(key - this.lastKeys.get(sizeClass, this.previousKey)) + 1;
    this.addresses.uint(Math.min(z, 0xffffff), 3);
    if (z >= 0xffffff) this.big.varint(z);
  }

  private addKind(kind: AllocationOrigin | undefined): void {
    if (!kind) {
      this.plainSinceKind++;
      return;
    }
    this.kinds.varint(this.plainSinceKind);
    this.plainSinceKind = 0;
    switch (kind.type) {
      case "calloc":
        this.kinds.u8(KIND_CALLOC);
        return;
      case "realloc": {
        const number = this.firstAllocation + this.blockAllocations.length - 1;
        this.kinds.u8(KIND_REALLOC);
        this.kinds.varint(kind.replaced === 0 ? 0 : number - kind.replaced);
        return;
      }
      case "aligned":
        this.kinds.u8(KIND_ALIGNED);
        this.kinds.u8(kind.alignmentLog2);
    }
  }

  /** Returns the age code. */
  private addFree(event: FreeEvent): number {
    if (this.hasFreeStacks) this.addFreeStack(event.freeStack ?? 0);
    if (event.allocation < this.firstAllocation) {
      this.addLate(event);
      return 7;
    }
    const index = event.allocation - this.firstAllocation;
    const allocation = this.blockAllocations[index];
    if (!allocation) throw new RangeError(`allocation ${event.allocation} is freed before it is made`);
    this.freedKeys.push(classOfSize(allocation.sizeBytes), allocation.key);
    const age = this.blockAllocations.length - 1 - index;
    if (age < 6) return age + 1;
    this.ages.uint(age, 2);
    return 0;
  }

  private addFreeStack(stack: number): void {
    this.reserve(stack);
    this.freeStacks.varint(this.freeSuccessors.predict() === stack ? 0 : stack + 1);
    this.freeSuccessors.learn(stack);
  }

  private addLate(event: FreeEvent): void {
    const { late } = event;
    if (!late)
      throw new RangeError(`allocation ${event.allocation} lies in an earlier block: its deallocation needs "late"`);
    this.lateSamples.add(late.sampleBytes ?? 0);
    const x = zigzag(event.allocation - this.lateAllocation);
    const y = zigzag(late.ticks - this.lateTicks);
    this.lateAllocation = event.allocation;
    this.lateTicks = late.ticks;
    this.reserve(late.stack);
    const stackHit = this.lateSuccessors.predict() === late.stack;
    this.lateSuccessors.learn(late.stack);
    const sizeHit = this.lateSizes.predict(late.stack) === late.sizeBytes;
    this.lateSizes.learn(late.stack, late.sizeBytes);
    const bits = (stackHit ? 0 : 16) | (sizeHit ? 0 : 32);
    this.addIdentity(bits, x, y);
    if (!stackHit) this.late.uint(late.stack, 3);
    if (!sizeHit) this.addLateSize(late.sizeBytes);
  }

  private addIdentity(bits: number, x: number, y: number): void {
    if (x > 0xffffffff || y > 0xffffffff) {
      this.late.u8(bits | NUMBERS_IN_BIG);
      this.big.varint(x);
      this.big.varint(y);
      return;
    }
    const xBytes = byteLength(x);
    const yBytes = byteLength(y);
    this.late.u8(bits | (xBytes - 1) | ((yBytes - 1) << 2));
    this.late.uint(x, xBytes);
    this.late.uint(y, yBytes);
  }

  private addLateSize(sizeBytes: number): void {
    this.late.uint(Math.min(sizeBytes, 0xffffffff), 4);
    if (sizeBytes >= 0xffffffff) this.big.varint(sizeBytes);
  }

  private reserve(stack: number): void {
    for (const table of [this.successors, this.freeSuccessors, this.lateSuccessors, this.stackSizes, this.lateSizes]) {
      table.reserve(stack);
    }
  }
}

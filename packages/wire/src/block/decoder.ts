import { ByteReader, unzigzag } from "../byte-reader.js";
import { WireError } from "../error.js";
import { Column_Kind } from "../gen/heaphound/v1/ingest_pb.js";
import { MAX_WIRE_NUMBER } from "../limits.js";
import { classOfSize, FreedKeys, keysTaken, LastKeys } from "./classes.js";
import { CulledColumns, CulledDecoder } from "./culled.js";
import type { BlockHeader } from "./header.js";
import { decodeKinds } from "./kinds.js";
import { LateDecoder } from "./late.js";
import { StackSizes, StackSuccessors } from "./predictors.js";
import { decodeSamples } from "./samples.js";
import { AllocationColumns, LateFreeColumns } from "./view.js";

const LATE = 7;
const LONG_TIME = 15;
const AGE_ESCAPE = 0;
const SIZE_ESCAPE = 0xffff;
const KEY_ESCAPE = 0xffffff;

export interface DecodeContext {
  /** Stacks 1 to this number are defined. */
  stackCount: number;
  /** Hello.free_stacks */
  hasFreeStacks: boolean;
}

/**
 * Decodes the events of blocks as docs/wire.md describes, without an object per event. One decoder serves any number of
 * streams, one block at a time: the columns that it fills are overwritten by the next block.
 */
export class BlockDecoder {
  readonly allocations = new AllocationColumns();
  readonly lateFrees = new LateFreeColumns();
  readonly culled = new CulledColumns();
  /** Ticks of the first and last event and the earliest and latest, 0 in a block without events. */
  earliestTicks = 0;
  latestTicks = 0;

  private readonly time = new ByteReader();
  private readonly stacks = new ByteReader();
  private readonly sizes = new ByteReader();
  private readonly addresses = new ByteReader();
  private readonly ages = new ByteReader();
  private readonly threads = new ByteReader();
  private readonly freeStacks = new ByteReader();
  private readonly big = new ByteReader();
  private readonly late = new LateDecoder(this.lateFrees, this.big);
  private readonly culledColumn = new CulledDecoder(this.culled);

  private readonly successors = new StackSuccessors();
  private readonly freeSuccessors = new StackSuccessors();
  private readonly stackSizes = new StackSizes();
  private readonly freedKeys = new FreedKeys();
  private readonly lastKeys = new LastKeys();

  private stackCount = 0;
  private hasFreeStacks = false;
  private ticks = 0;
  private thread = 0;
  private threadEvents = 0;
  private nextAllocation = 0;
  private previousKey = 0;
  private previousSize = 0;

  /** Fills `allocations` and `lateFrees`. Throws WireError; the columns hold nothing of use then. */
  decode(block: BlockHeader, context: DecodeContext): void {
    const control = block.columns.bytes(Column_Kind.CONTROL);
    if (control.length !== block.eventCount) {
      throw new WireError(
        "count_mismatch",
        `a block has ${block.eventCount} events but ${control.length} control bytes`,
      );
    }
    this.begin(block, context);
    this.decodeEvents(control);
    this.finish(block);
  }

  private begin(block: BlockHeader, context: DecodeContext): void {
    const { columns } = block;
    this.time.reset(columns.bytes(Column_Kind.TIME), "TIME");
    this.stacks.reset(columns.bytes(Column_Kind.STACK), "STACK");
    this.sizes.reset(columns.bytes(Column_Kind.SIZE), "SIZE");
    this.addresses.reset(columns.bytes(Column_Kind.ADDRESS), "ADDRESS");
    this.ages.reset(columns.bytes(Column_Kind.AGE), "AGE");
    this.threads.reset(columns.bytes(Column_Kind.THREAD), "THREAD");
    this.freeStacks.reset(columns.bytes(Column_Kind.FREE_STACK), "FREE_STACK");
    this.big.reset(columns.bytes(Column_Kind.BIG), "BIG");
    if (columns.has(Column_Kind.FREE_STACK) && !context.hasFreeStacks) {
      throw new WireError("bad_column", "FREE_STACK in a stream whose Hello said free_stacks = false");
    }
    this.hasFreeStacks = context.hasFreeStacks;
    this.resetPredictors(context.stackCount);
    this.late.begin(columns.bytes(Column_Kind.LATE), block.firstAllocation, context.stackCount);
    this.allocations.begin(block.allocationCount);
  }

  private resetPredictors(stackCount: number): void {
    this.stackCount = stackCount;
    for (const predictor of [this.successors, this.freeSuccessors]) {
      predictor.clear();
      predictor.reserve(stackCount);
    }
    this.stackSizes.clear();
    this.stackSizes.reserve(stackCount);
    this.freedKeys.clear();
    this.lastKeys.clear();
    this.ticks = 0;
    this.threadEvents = 0;
    this.nextAllocation = 0;
    this.previousKey = 0;
    this.previousSize = 0;
    this.earliestTicks = 0;
    this.latestTicks = 0;
  }

  private decodeEvents(control: Uint8Array): void {
    for (let event = 0; event < control.length; event++) {
      const byte = control[event]!;
      const delta = byte >> 4;
      this.ticks += delta < LONG_TIME ? delta : this.longDelta();
      if (event === 0) this.earliestTicks = this.latestTicks = this.ticks;
      if (this.ticks > this.latestTicks) this.latestTicks = this.ticks;
      if (this.threadEvents === 0) this.nextThread();
      this.threadEvents--;
      if ((byte & 1) === 1) this.decodeAllocation(byte);
      else this.decodeFree((byte >> 1) & 7);
    }
  }

  /** Only long deltas can go back, so only here can there be a new earliest event. */
  private longDelta(): number {
    const delta = this.time.zigzag();
    const ticks = this.ticks + delta;
    if (Math.abs(ticks) > MAX_WIRE_NUMBER)
      throw new WireError("number_out_of_range", "an event's time is above 2^52 ticks");
    if (ticks < this.earliestTicks) this.earliestTicks = ticks;
    return delta;
  }

  private nextThread(): void {
    if (this.threads.atEnd) throw new WireError("column_too_short", "THREAD covers fewer events than the block has");
    this.thread = this.threads.varint();
    this.threadEvents = this.threads.varint();
    if (this.threadEvents === 0) throw new WireError("bad_event", "THREAD has a run of no events");
    if (this.thread > 0xffffffff)
      throw new WireError("number_out_of_range", `thread index ${this.thread} is above 2^32`);
  }

  private decodeAllocation(control: number): void {
    const { allocations } = this;
    const index = this.nextAllocation++;
    if (index >= allocations.count)
      throw new WireError("count_mismatch", "a block has more allocations than it declares");
    const stack = (control & 2) !== 0 ? this.successors.predict() : this.knownStack(this.stacks.u24());
    this.successors.learn(stack);
    const sizeBytes = (control & 4) !== 0 ? this.stackSizes.predict(stack) : this.explicitSize();
    this.stackSizes.learn(stack, sizeBytes);
    const sizeClass = classOfSize(sizeBytes);
    const key = (control & 8) !== 0 ? this.predictedKey(sizeClass) : this.explicitKey(sizeClass);
    this.lastKeys.set(sizeClass, key);
    this.previousKey = key;
    this.previousSize = sizeBytes;
    allocations.ticks[index] = this.ticks;
    allocations.stack[index] = stack;
    allocations.sizeBytes[index] = sizeBytes;
    allocations.key[index] = key;
    allocations.thread[index] = this.thread;
  }

  private knownStack(stack: number): number {
    if (stack <= this.stackCount) return stack;
    throw new WireError("unknown_stack", `an event has stack ${stack}, but only ${this.stackCount} are defined`);
  }

  private explicitSize(): number {
    const size = this.sizes.u16();
    return size === SIZE_ESCAPE ? this.big.wireNumber() : size;
  }

  private predictedKey(sizeClass: number): number {
    const key = this.freedKeys.pop(sizeClass);
    if (key < 0)
      throw new WireError("bad_prediction", `an address was predicted, but class ${sizeClass} has no freed one`);
    return key;
  }

  private explicitKey(sizeClass: number): number {
    const short = this.addresses.u24();
    const z = short === KEY_ESCAPE ? this.big.varint() : short;
    const key =
      z === 0
        ? this.previousKey + keysTaken(this.previousSize)
        : this.lastKeys.get(sizeClass, this.previousKey) + unzigzag(z - 1);
    if (key >= 0 && key <= MAX_WIRE_NUMBER) return key;
    throw new WireError("number_out_of_range", "an address is outside of what addresses can be");
  }

  private decodeFree(ageCode: number): void {
    const freeStack = this.hasFreeStacks ? this.decodeFreeStack() : 0;
    if (ageCode === LATE) this.late.decode(this.ticks, this.thread, freeStack);
    else this.freeOf(ageCode === AGE_ESCAPE ? this.ages.u16() : ageCode - 1, freeStack);
  }

  private decodeFreeStack(): number {
    const code = this.freeStacks.varint();
    const stack = code === 0 ? this.freeSuccessors.predict() : this.knownStack(code - 1);
    this.freeSuccessors.learn(stack);
    return stack;
  }

  private freeOf(age: number, freeStack: number): void {
    const { allocations } = this;
    const index = this.nextAllocation - 1 - age;
    if (index < 0)
      throw new WireError(
        "unknown_allocation",
        `a deallocation has age ${age} after ${this.nextAllocation} allocations`,
      );
    if (allocations.freed[index] === 1)
      throw new WireError("double_free", `allocation ${index} of the block is freed twice`);
    allocations.freed[index] = 1;
    allocations.freeTicks[index] = this.ticks;
    allocations.freeThread[index] = this.thread;
    allocations.freeStack[index] = freeStack;
    this.freedKeys.push(classOfSize(allocations.sizeBytes[index]!), allocations.key[index]!);
  }

  private finish(block: BlockHeader): void {
    if (this.nextAllocation !== block.allocationCount) {
      throw new WireError(
        "count_mismatch",
        `a block declares ${block.allocationCount} allocations but has ${this.nextAllocation}`,
      );
    }
    if (this.threadEvents !== 0) throw new WireError("column_too_long", "THREAD covers more events than the block has");
    decodeKinds(block.columns.bytes(Column_Kind.ALLOCATION_KIND), block.firstAllocation, this.allocations);
    this.late.finish();
    this.decodeModes(block);
    const { time, stacks, sizes, addresses, ages, threads, freeStacks, big } = this;
    for (const column of [time, stacks, sizes, addresses, ages, threads, freeStacks, big]) column.finish();
  }

  /** What sampling and culling add. */
  private decodeModes({ columns }: BlockHeader): void {
    const { allocations, lateFrees } = this;
    const allocationSamples = columns.bytes(Column_Kind.ALLOCATION_SAMPLE);
    decodeSamples(allocationSamples, "ALLOCATION_SAMPLE", allocations.sampleBytes, allocations.count);
    const lateSamples = columns.bytes(Column_Kind.LATE_SAMPLE);
    decodeSamples(lateSamples, "LATE_SAMPLE", lateFrees.sampleBytes, lateFrees.count);
    this.culledColumn.decode(columns.bytes(Column_Kind.CULLED), this.stackCount);
  }
}

import { ByteReader, unzigzag } from "../byte-reader.js";
import { WireError } from "../error.js";
import { MAX_WIRE_NUMBER } from "../limits.js";
import { StackSizes, StackSuccessors } from "./predictors.js";
import type { LateFreeColumns } from "./view.js";

const STACK_EXPLICIT = 16;
const SIZE_EXPLICIT = 32;
const NUMBERS_IN_BIG = 64;
const RESERVED = 128;
const SIZE_ESCAPE = 0xffffffff;

/** Decodes the LATE column: deallocations whose allocation lies in an earlier block carry what a reader needs of it. */
export class LateDecoder {
  private readonly entries = new ByteReader();
  private readonly successors = new StackSuccessors();
  private readonly sizes = new StackSizes();
  private firstAllocation = 0;
  private stackCount = 0;
  private allocation = 0;
  private allocationTicks = 0;

  constructor(
    private readonly columns: LateFreeColumns,
    private readonly big: ByteReader,
  ) {}

  begin(bytes: Uint8Array, firstAllocation: number, stackCount: number): void {
    this.entries.reset(bytes, "LATE");
    this.columns.count = 0;
    this.firstAllocation = firstAllocation;
    this.stackCount = stackCount;
    this.allocation = firstAllocation;
    this.allocationTicks = 0;
    this.successors.clear();
    this.successors.reserve(stackCount);
    this.sizes.clear();
    this.sizes.reserve(stackCount);
  }

  decode(ticks: number, thread: number, freeStack: number): void {
    const flags = this.entries.u8();
    if ((flags & RESERVED) !== 0) throw new WireError("bad_event", "a late deallocation has an unknown flag");
    this.decodeIdentity(flags);
    const stack = this.decodeStack((flags & STACK_EXPLICIT) !== 0);
    const sizeBytes = (flags & SIZE_EXPLICIT) !== 0 ? this.explicitSize() : this.sizes.predict(stack);
    this.sizes.learn(stack, sizeBytes);
    const { columns } = this;
    const index = columns.count++;
    columns.allocation[index] = this.allocation;
    columns.allocationTicks[index] = this.allocationTicks;
    columns.sizeBytes[index] = sizeBytes;
    columns.stack[index] = stack;
    columns.ticks[index] = ticks;
    columns.thread[index] = thread;
    columns.freeStack[index] = freeStack;
  }

  finish(): void {
    this.entries.finish();
  }

  private decodeIdentity(flags: number): void {
    const inBig = (flags & NUMBERS_IN_BIG) !== 0;
    const x = inBig ? this.big.varint() : this.entries.uint((flags & 3) + 1);
    const y = inBig ? this.big.varint() : this.entries.uint(((flags >> 2) & 3) + 1);
    this.allocation += unzigzag(x);
    this.allocationTicks += unzigzag(y);
    if (this.allocation < 1 || this.allocation >= this.firstAllocation) {
      throw new WireError(
        "unknown_allocation",
        `a late deallocation names allocation ${this.allocation}, the block starts at ${this.firstAllocation}`,
      );
    }
    if (Math.abs(this.allocationTicks) > MAX_WIRE_NUMBER) {
      throw new WireError("number_out_of_range", "the time of an allocation is above 2^52 ticks");
    }
  }

  private decodeStack(explicit: boolean): number {
    const stack = explicit ? this.entries.u24() : this.successors.predict();
    if (stack > this.stackCount) {
      throw new WireError(
        "unknown_stack",
        `a late deallocation has stack ${stack}, but only ${this.stackCount} are defined`,
      );
    }
    this.successors.learn(stack);
    return stack;
  }

  private explicitSize(): number {
    const size = this.entries.u32();
    return size === SIZE_ESCAPE ? this.big.wireNumber() : size;
  }
}

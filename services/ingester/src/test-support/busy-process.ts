import { busyProgram } from "@heaphound/wire/test-support";
import type { WireEvent } from "@heaphound/wire";
import type { TestDatabase } from "./database.js";
import { TestProcess } from "./test-process.js";

const STACKS = 20;
const TICKS_PER_BLOCK = 1_000_000;

/** What the tables must add up to for one process, and what they do add up to. */
export interface ProcessTotals {
  allocations: number;
  /** To tell a row that is there twice from two rows. */
  differentAllocations: number;
  allocatedBytes: number;
  frees: number;
  freedBytes: number;
  blocks: number;
  stacks: number;
  usage: { allocations: number; allocatedBytes: number; frees: number; freedBytes: number };
}

export interface BusyProcess {
  process: TestProcess;
  totals: ProcessTotals;
}

/** A process that allocates and frees in `blockCount` blocks; the same for the same key. */
export function busyProcess(key: bigint, blockCount: number, eventsPerBlock = 2_000): BusyProcess {
  const process = new TestProcess(key, { pid: Number(key % 100_000n) });
  const program = busyProgram({
    stackCount: STACKS,
    lateShare: 0.3,
    seed: Number(key % 1_000_000n),
    liveTarget: eventsPerBlock,
  });
  for (let n = 0; n < STACKS; n++) process.dictionary.stack([BigInt(0x1000 + n), 0x5000n]);
  const sums = { allocations: 0, allocatedBytes: 0, frees: 0, freedBytes: 0 };
  const sizes = new Map<number, number>();
  for (let block = 0; block < blockCount; block++) {
    const events = program.block(eventsPerBlock);
    count(events, process.nextAllocation, sums, sizes);
    process.addBlock(events, { baseTicks: block * TICKS_PER_BLOCK });
  }
  const totals = { ...sums, differentAllocations: sums.allocations, blocks: blockCount, stacks: STACKS, usage: sums };
  return { process, totals };
}

function count(events: WireEvent[], first: number, sums: ProcessTotals["usage"], sizes: Map<number, number>): void {
  let number = first;
  for (const event of events) {
    if (event.type === "allocation") {
      sums.allocations++;
      sums.allocatedBytes += event.sizeBytes;
      sizes.set(number++, event.sizeBytes);
    } else {
      sums.frees++;
      sums.freedBytes += sizes.get(event.allocation)!;
    }
  }
}

/** What the database has of a process. */
export async function storedTotals(database: TestDatabase, key: bigint): Promise<ProcessTotals> {
  const where = `WHERE process = ${key}`;
  const [row] = await database.rows<Record<string, string>>(`
    SELECT
      (SELECT (count(), uniqExact(id), sum(size), sum(freed), sumIf(size, freed = 1)) FROM allocations ${where}) AS a,
      (SELECT (count(), sum(size)) FROM late_frees ${where}) AS f,
      (SELECT uniqExact(block) FROM blocks ${where}) AS blocks,
      (SELECT uniqExact(stack) FROM process_stacks INNER JOIN stacks USING stack_id ${where}) AS stacks,
      (SELECT (sum(allocations), sum(allocated_bytes), sum(frees), sum(freed_bytes)) FROM usage ${where}) AS u,
      a.1 AS allocations, a.2 AS differentAllocations, a.3 AS allocatedBytes, a.4 + f.1 AS frees, a.5 + f.2 AS freedBytes,
      u.1 AS usageAllocations, u.2 AS usageAllocatedBytes, u.3 AS usageFrees, u.4 AS usageFreedBytes`);
  const value = (name: string): number => Number(row![name]);
  return {
    allocations: value("allocations"),
    differentAllocations: value("differentAllocations"),
    allocatedBytes: value("allocatedBytes"),
    frees: value("frees"),
    freedBytes: value("freedBytes"),
    blocks: value("blocks"),
    stacks: value("stacks"),
    usage: {
      allocations: value("usageAllocations"),
      allocatedBytes: value("usageAllocatedBytes"),
      frees: value("usageFrees"),
      freedBytes: value("usageFreedBytes"),
    },
  };
}

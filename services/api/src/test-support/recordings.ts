import { cutIntoBlocks } from "./cut.js";
import { syntheticProgram } from "./program.js";
import { syntheticEvents } from "./recording.js";
import type { ProcessLabels, SyntheticRecording } from "./store.js";

export interface RecordingOptions {
  process: string;
  seed: number;
  allocations: number;
  stacks: number;
  durationNs: number;
  startedNs: bigint;
  isRunning: boolean;
  labels: ProcessLabels;
  maxBlockNs?: number;
}

/** A whole synthetic run; the same options give the same run. */
export function makeRecording(options: RecordingOptions): SyntheticRecording {
  const { process, startedNs, isRunning, labels } = options;
  const program = syntheticProgram(options.stacks, options.seed);
  const events = syntheticEvents(program, options.allocations, options.durationNs, options.seed + 1);
  return { process, startedNs, isRunning, labels, program, events, blocks: cutIntoBlocks(events, options.maxBlockNs) };
}

/** A server in a pod. */
export const CART: ProcessLabels = {
  executable: "/srv/shop/cart-server",
  arguments: ["cart-server", "--port", "8080"],
  pid: 17,
  hostname: "cart-7c9d4-x2x8p",
  namespace: "shop",
  workload: "cart",
  pod: "cart-7c9d4-x2x8p",
  container: "app",
};

/** One running server with most of the allocations, and three smaller runs that have ended. */
export function* exampleRecordings(allocations: number, nowNs: bigint): Generator<SyntheticRecording> {
  const minute = 60_000_000_000n;
  const small = Math.max(1000, Math.round(allocations / 20));
  const running = { seed: 1, stacks: 600, allocations, durationNs: 60e9, isRunning: true, labels: CART };
  yield makeRecording({ ...running, process: key(0xcafe_0001n), startedNs: nowNs - minute });
  const ended = { ...running, allocations: small, durationNs: 12e9, isRunning: false };
  const other: ProcessLabels = { ...CART, pod: "cart-7c9d4-q9k1z", hostname: "cart-7c9d4-q9k1z", pid: 18 };
  yield makeRecording({
    ...ended,
    seed: 2,
    stacks: 600,
    labels: other,
    process: key(0xcafe_0002n),
    startedNs: nowNs - 5n * minute,
  });
  yield makeRecording({
    ...ended,
    seed: 3,
    stacks: 150,
    labels: local("/usr/bin/sqlite3", 4711),
    process: key(0xbeef_0003n),
    startedNs: nowNs - 90n * minute,
  });
  yield makeRecording({
    ...ended,
    seed: 4,
    stacks: 80,
    labels: local("/usr/bin/redis-server", 4999),
    process: key(0xbeef_0004n),
    startedNs: nowNs - 300n * minute,
  });
}

function key(low: bigint): string {
  return String((0x5eed_0000_0000_0000n | low) & 0xffff_ffff_ffff_ffffn);
}

function local(executable: string, pid: number): ProcessLabels {
  const name = executable.split("/").at(-1) ?? "";
  return {
    executable,
    arguments: [name],
    pid,
    hostname: "workstation",
    namespace: "",
    workload: "",
    pod: "",
    container: "",
  };
}

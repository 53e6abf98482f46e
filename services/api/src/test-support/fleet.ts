import { makeRecording } from "./recordings.js";
import type { SyntheticRecording } from "./store.js";

interface Workload {
  namespace: string;
  workload: string;
  program: string;
  replicas: number;
  allocations: number;
  stacks: number;
  /** How long its pods have been running, in minutes. */
  minutes: number;
}

const WORKLOADS: readonly Workload[] = [
  {
    namespace: "shop",
    workload: "cart",
    program: "cart-server",
    replicas: 3,
    allocations: 20_000,
    stacks: 300,
    minutes: 58,
  },
  {
    namespace: "shop",
    workload: "search",
    program: "search-index",
    replicas: 2,
    allocations: 30_000,
    stacks: 400,
    minutes: 52,
  },
  {
    namespace: "shop",
    workload: "checkout",
    program: "checkout",
    replicas: 2,
    allocations: 8_000,
    stacks: 150,
    minutes: 45,
  },
  {
    namespace: "bank",
    workload: "ledger",
    program: "ledgerd",
    replicas: 2,
    allocations: 13_000,
    stacks: 250,
    minutes: 55,
  },
  {
    namespace: "bank",
    workload: "nightly",
    program: "report",
    replicas: 1,
    allocations: 5_000,
    stacks: 100,
    minutes: 20,
  },
];

/** An hour of several workloads, for pictures: every pod still runs, but for the nightly job. */
export function* fleetRecordings(nowNs: bigint): Generator<SyntheticRecording> {
  let number = 0;
  for (const each of WORKLOADS) {
    for (let replica = 0; replica < each.replicas; replica++) {
      number++;
      const pod = `${each.workload}-${replica}`;
      const minutes = each.minutes - 7 * replica;
      const isRunning = each.workload !== "nightly";
      yield makeRecording({
        process: String(0xf1ee_7000_0000_0000n + BigInt(number) * 0x0001_0000_0001n),
        seed: 100 + number,
        allocations: each.allocations,
        stacks: each.stacks,
        durationNs: (isRunning ? minutes : minutes / 2) * 60e9,
        startedNs: nowNs - BigInt(minutes) * 60_000_000_000n,
        isRunning,
        maxBlockNs: 60e9,
        labels: {
          executable: `/srv/${each.program}`,
          arguments: [each.program],
          pid: 7,
          hostname: pod,
          namespace: each.namespace,
          workload: each.workload,
          pod,
          container: "app",
        },
      });
    }
  }
}

// What profiling costs the program: every workload native, under heaphound and under heaptrack in turn.
import { say } from "../scripts/lib/step.mjs";
import { createModes } from "./modes.mjs";
import { inTurn } from "./rounds.mjs";
import { fixed, geometricMean, markdownTable, median } from "./table.mjs";

function summarize(name, measured) {
  const of = (mode, field) => median((measured[mode] ?? []).map((one) => one[field]));
  const wall = of("native", "wallSeconds");
  const cpu = of("native", "cpuSeconds");
  const heaptrackCpu = median((measured.heaptrack ?? []).map((one) => one.cpuSeconds + one.interpreterCpuSeconds));
  return {
    name,
    nativeSeconds: wall,
    wall: {
      grpc: of("grpc", "wallSeconds") / wall,
      file: of("file", "wallSeconds") / wall,
      heaptrack: of("heaptrack", "wallSeconds") / wall,
    },
    cpu: { grpc: of("grpc", "cpuSeconds") / cpu, file: of("file", "cpuSeconds") / cpu, heaptrack: heaptrackCpu / cpu },
    addedRssBytes: of("grpc", "peakRssBytes") - of("native", "peakRssBytes"),
    heaptrackRssBytes: of("heaptrack", "peakRssBytes") - of("native", "peakRssBytes"),
    allocations: of("grpc", "allocations"),
    bytesPerEvent: of("grpc", "wireBytes") / of("grpc", "events"),
    lost: of("grpc", "lost"),
  };
}

const shareOf = (ours, theirs) => (ours - 1) / (theirs - 1);

export function overheadTable(results) {
  const header = [
    "workload",
    "native s",
    "allocations",
    "wall",
    "wall file",
    "wall heaptrack",
    "CPU",
    "CPU file",
    "CPU heaptrack",
    "added wall / heaptrack's",
    "added CPU / heaptrack's",
    "RSS +MiB",
    "heaptrack +MiB",
    "B/event",
    "lost",
  ];
  const rows = results.map((one) => [
    one.name,
    fixed(one.nativeSeconds, 2),
    fixed(one.allocations, 0),
    ...["grpc", "file", "heaptrack"].map((mode) => fixed(one.wall[mode], 2)),
    ...["grpc", "file", "heaptrack"].map((mode) => fixed(one.cpu[mode], 2)),
    fixed(shareOf(one.wall.grpc, one.wall.heaptrack), 2),
    fixed(shareOf(one.cpu.grpc, one.cpu.heaptrack), 2),
    fixed(one.addedRssBytes / 2 ** 20, 1),
    fixed(one.heaptrackRssBytes / 2 ** 20, 1),
    fixed(one.bytesPerEvent, 2),
    fixed(one.lost, 0),
  ]);
  const complete = results.filter((one) => Number.isFinite(one.wall.heaptrack));
  const mean = (pick) => geometricMean(complete.map(pick));
  rows.push([
    "geometric mean of those that heaptrack finished",
    "",
    "",
    ...["grpc", "file", "heaptrack"].map((mode) =>
      fixed(
        mean((one) => one.wall[mode]),
        2,
      ),
    ),
    ...["grpc", "file", "heaptrack"].map((mode) =>
      fixed(
        mean((one) => one.cpu[mode]),
        2,
      ),
    ),
    ...Array(6).fill(""),
  ]);
  return markdownTable(header, rows);
}

export async function measureOverhead({ names, rounds, folder, database, ...parts }) {
  const modes = createModes(parts);
  if (!modes.heaptrack) say("bench: heaptrack is not installed; its columns stay empty");
  const { grpc } = modes;
  modes.grpc = async (run, place) => {
    const one = await grpc(run, place);
    return { ...one, ...(await database.wireOf(one.pid)) };
  };
  const results = [];
  for await (const { name, measured } of inTurn({ names, modes, rounds, folder })) {
    const result = summarize(name, measured);
    results.push(result);
    const { wall, cpu } = result;
    say(
      `  ${name.padEnd(28)} wall ${fixed(wall.grpc, 2)} (heaptrack ${fixed(wall.heaptrack, 2)})  CPU ${fixed(cpu.grpc, 2)} (heaptrack ${fixed(cpu.heaptrack, 2)})` +
        `  ${fixed(result.bytesPerEvent, 2)} B/event  +${fixed(result.addedRssBytes / 2 ** 20, 1)} MiB  lost ${fixed(result.lost, 0)}`,
    );
  }
  return results;
}

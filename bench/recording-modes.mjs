// What recording less costs: exact, cull, sample and dormant, each into a file, so that nothing else runs beside the program.
import { say } from "../scripts/lib/step.mjs";
import { createRecordingModes } from "./modes.mjs";
import { inTurn } from "./rounds.mjs";
import { fixed, geometricMean, markdownTable, median } from "./table.mjs";

const recording = ["exact", "cull", "sample", "dormant"];

function summarize(name, measured) {
  const of = (mode, field) => median(measured[mode].map((one) => one[field]));
  const ratios = (field) => Object.fromEntries(recording.map((mode) => [mode, of(mode, field) / of("native", field)]));
  const bytes = Object.fromEntries(recording.map((mode) => [mode, of(mode, "recordingBytes")]));
  return { name, wall: ratios("wallSeconds"), cpu: ratios("cpuSeconds"), bytes };
}

export async function measureRecordingModes({ names, rounds, folder, library }) {
  const results = [];
  for await (const { name, measured } of inTurn({ names, modes: createRecordingModes({ library }), rounds, folder })) {
    const result = summarize(name, measured);
    results.push(result);
    const each = recording.map((mode) => `${mode} ${fixed(result.wall[mode], 2)}/${fixed(result.cpu[mode], 2)}`);
    say(`  ${name.padEnd(28)} wall/CPU ${each.join("  ")}`);
  }
  return results;
}

export function recordingModesTable(results) {
  const header = [
    "workload",
    ...recording.map((mode) => `wall ${mode}`),
    ...recording.map((mode) => `CPU ${mode}`),
    ...recording.slice(1).map((mode) => `bytes ${mode} / exact`),
  ];
  const ratios = (pick) => recording.map((mode) => fixed(pick(mode), 2));
  const rows = results.map(({ name, wall, cpu, bytes }) => [
    name,
    ...ratios((mode) => wall[mode]),
    ...ratios((mode) => cpu[mode]),
    ...recording.slice(1).map((mode) => fixed(bytes[mode] / bytes.exact, 3)),
  ]);
  const mean = (field, mode) => geometricMean(results.map((one) => one[field][mode]));
  rows.push([
    "geometric mean",
    ...ratios((mode) => mean("wall", mode)),
    ...ratios((mode) => mean("cpu", mode)),
    ...recording.slice(1).map(() => ""),
  ]);
  return markdownTable(header, rows);
}

// Workloads through all modes in turn, round after round, so that a disturbance hits all of them alike.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { say } from "../scripts/lib/step.mjs";
import { hasTools, workloads } from "./workloads.mjs";

const LEAST_ROUNDS = 3;
/** A workload that takes longer gets fewer rounds, so that the whole ends within about ten minutes. */
const WORKLOAD_SECONDS = 40;

async function measureWorkload(name, { modes, rounds, folder }) {
  const place = mkdtempSync(join(folder, "run-"));
  const run = workloads[name].make(place);
  const measured = Object.fromEntries(Object.keys(modes).map((mode) => [mode, []]));
  const begun = performance.now();
  const late = () => performance.now() - begun > WORKLOAD_SECONDS * 1000;
  for (let round = 0; round < rounds && (round < LEAST_ROUNDS || !late()); round++)
    for (const [mode, start] of Object.entries(modes)) measured[mode].push(await start(run, place));
  rmSync(place, { recursive: true, force: true });
  return measured;
}

/** Yields { name, measured: { mode: [measurement] } } for every workload whose tools are installed. */
export async function* inTurn({ names, modes, rounds, folder }) {
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const { needs } = workloads[name];
    if (hasTools(needs)) yield { name, measured: await measureWorkload(name, { modes, rounds, folder }) };
    else say(`bench: ${name}: skipped, needs ${needs.join(", ")}`);
  }
}

// Runs one program and says what it cost.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, closeSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../scripts/lib/root.mjs";

const folder = join(root, "bench/build");
const binary = join(folder, "measure");

/** Builds the small program that measures. */
export function prepare() {
  mkdirSync(folder, { recursive: true });
  const words = ["-O2", "-Wall", "-Wextra", "-Werror", "-o", binary, join(root, "bench/measure.c")];
  const made = spawnSync("gcc", words, { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`bench/measure.c does not compile: ${made.stderr}`);
}

/** `preload` is the LD_PRELOAD of the program alone. Throws when the program does not end with the expected code. */
export async function measure(run, { preload = "", environment = {}, result }) {
  const input = run.input === undefined ? "ignore" : openSync(run.input, "r");
  const child = spawn(binary, [result, ...run.words], {
    cwd: run.cwd,
    env: { ...process.env, LC_ALL: "C.UTF-8", ...run.environment, ...environment, MEASURE_PRELOAD: preload },
    stdio: [input, "ignore", "pipe"],
  });
  if (typeof input === "number") closeSync(input);
  let errors = "";
  child.stderr.on("data", (chunk) => (errors = (errors + chunk).slice(-4000)));
  const drive = run.drive ? run.drive() : undefined;
  const [code] = await once(child, "close");
  await drive;
  if (code !== (run.exitCode ?? 0)) throw new Error(`${run.words[0]} ended with ${code}: ${errors}`);
  return JSON.parse(readFileSync(result, "utf8"));
}

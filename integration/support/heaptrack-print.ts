import { spawnSync } from "node:child_process";

/** A stack as heaptrack_print shows it: what it counts, and its frames from the innermost outwards. */
export interface PrintedStack {
  calls: number;
  frames: { function: string; module: string }[];
}

/** Runs heaptrack_print on a file and reads the section of the stacks with the most calls. */
export function topStacks(file: string, limit: number): PrintedStack[] {
  const words = ["-f", file, "-m", "0", "-n", String(limit), "-a", "1", "-p", "0", "-T", "0", "-l", "0"];
  const printed = spawnSync("heaptrack_print", words, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (printed.status !== 0) throw new Error(`heaptrack_print refuses ${file}: ${printed.stderr}`);
  return parseStacks(printed.stdout).slice(0, limit);
}

function parseStacks(text: string): PrintedStack[] {
  const stacks: PrintedStack[] = [];
  for (const line of text.split("\n")) {
    const calls = /^(\d+) calls (?:to allocation functions )?with .* from:?$/.exec(line);
    const module = /^\s+in (.+)$/.exec(line);
    const current = stacks.at(-1);
    if (calls) stacks.push({ calls: Number(calls[1]), frames: [] });
    else if (current === undefined || line.trim() === "" || /^\s+at .+:\d+$/.test(line)) continue;
    else if (module) current.frames.at(-1)!.module = baseName(module[1] ?? "");
    else if (/^[A-Z][A-Z ]+$/.test(line) || /^\w[\w ]*: /.test(line)) break;
    else current.frames.push({ function: line.trim(), module: "" });
  }
  return stacks;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

// The ways to run a workload: as it is, under heaphound with either transport, under heaptrack.
import { existsSync, globSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { measure } from "./measure.mjs";

const heaptrackLibrary = "/usr/lib/heaptrack/libheaptrack_preload.so";
const INTERPRETER_KIBIBYTES = 6 * 2 ** 20;
const heaptrackInterpreter = "/usr/lib/heaptrack/libexec/heaptrack_interpret";

const result = (folder) => join(folder, "result.json");

const native = (run, folder) => measure(run, { result: result(folder) });

/** Under heaphound, recording into a file: what profiling costs without the rest of the stack beside it. */
const recording =
  (library, options = {}) =>
  async (run, folder) => {
    const output = mkdtempSync(join(folder, "recording-"));
    const environment = { HEAPHOUND_OUTPUT: join(output, "%p.hh"), HEAPHOUND_MIN_EVENTS: "1", ...options };
    const measured = await measure(run, { preload: library, environment, result: result(folder) });
    const recordingBytes = globSync(join(output, "*.hh")).reduce((sum, each) => sum + statSync(each).size, 0);
    rmSync(output, { recursive: true });
    return { ...measured, recordingBytes };
  };

/** The ways to record less; a new one is one line here. */
export function createRecordingModes({ library }) {
  const mode = (name, options) => recording(library, { HEAPHOUND_MODE: name, ...options });
  return {
    native,
    exact: mode("exact"),
    cull: mode("cull"),
    sample: mode("sample", { HEAPHOUND_SAMPLE_BYTES: "524288" }),
    dormant: mode("dormant"),
  };
}

/** name -> async (run, folder) -> measurement; `stack` and `library` come from the local build. */
export function createModes({ stack, library, makeSpool, sendLeftovers }) {
  // As `heaphound run` does it: what is not stored when the program ends is sent after it.
  const grpc = async (run, folder) => {
    const spool = makeSpool(join(folder, "spool"));
    const environment = {
      HEAPHOUND_SERVER: stack.urls.grpc,
      HEAPHOUND_SPOOL_DIR: spool,
      HEAPHOUND_MIN_EVENTS: "1",
    };
    const measured = await measure(run, { preload: library, environment, result: result(folder) });
    await sendLeftovers(spool, stack.urls.grpc);
    return measured;
  };

  // As the heaptrack script does it, but with the interpreter measured apart: it runs beside the program and costs as much.
  const heaptrack = async (run, folder) => {
    const pipe = join(folder, "heaptrack.fifo");
    rmSync(pipe, { force: true });
    if (spawnSync("mkfifo", [pipe]).status !== 0) throw new Error("mkfifo failed");
    const output = join(folder, "heaptrack.zst");
    const interpret = `"${heaptrackInterpreter}" < "${pipe}" | zstd -q -c -T1 > "${output}"`;
    const begun = performance.now();
    const limited = `ulimit -v ${INTERPRETER_KIBIBYTES}; ${interpret}`;
    const interpreter = measure({ words: ["sh", "-c", limited] }, { result: join(folder, "interpreter.json") });
    const environment = { DUMP_HEAPTRACK_OUTPUT: pipe };
    // Debian 12's interpreter needs memory without bound for programs with many stacks, and takes the program with it.
    const program = measure(run, { preload: heaptrackLibrary, environment, result: result(folder) });
    const [measured, interpreted] = await Promise.allSettled([program, interpreter]);
    if (measured.status === "rejected" || interpreted.status === "rejected") return {};
    const untilReadableSeconds = (performance.now() - begun) / 1000;
    const interpreterCpuSeconds = interpreted.value.cpuSeconds;
    return { ...measured.value, interpreterCpuSeconds, untilReadableSeconds, recordingBytes: statSync(output).size };
  };

  const modes = { native, grpc, file: recording(library) };
  if (existsSync(heaptrackLibrary) && existsSync(heaptrackInterpreter)) modes.heaptrack = heaptrack;
  return modes;
}

import type { ProcessSettings } from "@heaphound/query";
import { withProcess, type ReaderOptions } from "../context.js";
import { CliError, exitCodes } from "../errors.js";
import { print, printJson } from "../output/print.js";

/** What can be set, and what the API calls it. */
const numbers: Readonly<Record<string, string>> = { "sample-bytes": "sampleBytes", "cull-ms": "cullMs" };

/** Changes how a running process is recorded: `mode=cull cull-ms=5000`, `stop`. */
export async function set(
  process: string,
  words: readonly string[],
  options: ReaderOptions & { json?: boolean },
): Promise<void> {
  const wish = words.map(settingOf);
  const settings = await withProcess(process, options, (api, path) =>
    wish.length === 0
      ? api.get<ProcessSettings>(`${path}/settings`)
      : api.post<ProcessSettings>(`${path}/settings`, Object.assign({}, ...wish)),
  );
  if (options.json === true) printJson(settings);
  else print(describe(settings));
}

function settingOf(word: string): Record<string, unknown> {
  const [name = "", value] = word.split("=", 2);
  if (name === "stop" && value === undefined) return { stop: true };
  if (name === "mode" && value !== undefined) return { mode: value };
  const field = numbers[name];
  if (field !== undefined && value !== undefined && /^\d+$/.test(value)) return { [field]: Number(value) };
  throw new CliError(`"${word}" is not a setting`, {
    advice: "Settings: mode=exact|cull|sample|auto|dormant, sample-bytes=N, cull-ms=N, stop.",
    exitCode: exitCodes.usage,
  });
}

function describe({ process, requestedUnixNs, mode, sampleBytes, cullMs, stop }: ProcessSettings): string {
  if (requestedUnixNs === null) return `${process}: as it was started`;
  const parts = [
    mode === null ? [] : [`mode ${mode}`],
    sampleBytes === null ? [] : [`a sample every ${sampleBytes} bytes`],
    cullMs === null ? [] : [`culls what lives shorter than ${cullMs} ms`],
    stop ? ["stops recording for good"] : [],
  ].flat();
  return `${process}: ${parts.join(", ")}`;
}

import type { ProcessSettings } from "@heaphound/query";
import { answerOf } from "../api/client.js";
import type { operations } from "../api/schema.js";
import { isOneOf, modes } from "../api/values.js";
import { withProcess, type ReaderOptions } from "../context.js";
import { CliError, exitCodes } from "../errors.js";
import { print, printJson } from "../output/print.js";

const PATH = "/api/v1/processes/{process}/settings";
type Wish = operations["changeSettings"]["requestBody"]["content"]["application/json"];

/** Numbers that can be set, and what the API calls them. */
const numbers: Readonly<Record<string, "sampleBytes" | "cullMs">> = {
  "sample-bytes": "sampleBytes",
  "cull-ms": "cullMs",
};

/** Changes how a running process is recorded: `mode=cull cull-ms=5000`, `stop`. */
export async function set(
  process: string,
  words: readonly string[],
  options: ReaderOptions & { json?: boolean },
): Promise<void> {
  const wish = Object.assign({}, ...words.map(settingOf)) as Wish;
  const settings = await withProcess(process, options, (api, key) => {
    const params = { path: { process: key } };
    return answerOf(words.length === 0 ? api.GET(PATH, { params }) : api.POST(PATH, { params, body: wish }));
  });
  if (options.json === true) printJson(settings);
  else print(describe(settings));
}

function settingOf(word: string): Wish {
  const [name = "", value] = word.split("=", 2);
  if (name === "stop" && value === undefined) return { stop: true };
  if (name === "mode" && value !== undefined && isOneOf(modes, value)) return { mode: value };
  const field = numbers[name];
  if (field !== undefined && value !== undefined && /^\d+$/.test(value)) return { [field]: Number(value) };
  throw new CliError(`"${word}" is not a setting`, {
    advice: `Settings: mode=${modes.join("|")}, sample-bytes=N, cull-ms=N, stop.`,
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

import { withApi, withProcess, type ReaderOptions } from "../context.js";
import { CliError, exitCodes } from "../errors.js";
import { printJson } from "../output/print.js";

const viewsOfProcess = ["timeline", "tree", "groups", "allocations", "leaks", "maps", "ending", "settings"];

/** Prints a view as the API gives it; parameters are those of the API (process=latest unless named). */
export async function view(name: string, words: readonly string[], options: ReaderOptions): Promise<void> {
  const { process = "latest", ...parameters } = parseParameters(words);
  const answer =
    name === "processes" || name === "fields"
      ? await withApi(options, (api) => api.get<unknown>(`/${name}`, parameters))
      : await withProcess(process, options, (api, path) => api.get<unknown>(`${path}${suffixOf(name)}`, parameters));
  printJson(answer);
}

function suffixOf(name: string): string {
  if (name === "process") return "";
  if (viewsOfProcess.includes(name)) return `/${name}`;
  throw new CliError(`there is no view "${name}"`, {
    advice: `Views: processes, process, ${viewsOfProcess.join(", ")}, fields.`,
    exitCode: exitCodes.usage,
  });
}

function parseParameters(words: readonly string[]): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const word of words) {
    const at = word.indexOf("=");
    if (at <= 0) {
      throw new CliError(`"${word}" is not a parameter`, {
        advice: "Write PARAM=VALUE, for example measure=leaked limit=5.",
        exitCode: exitCodes.usage,
      });
    }
    parameters[word.slice(0, at)] = word.slice(at + 1);
  }
  return parameters;
}

import { answerOf } from "../api/client.js";
import type { paths } from "../api/schema.js";
import { withApi, withProcess, type ReaderOptions } from "../context.js";
import { CliError, exitCodes } from "../errors.js";
import { printJson } from "../output/print.js";

const views = {
  processes: "/api/v1/processes",
  fields: "/api/v1/fields",
} as const satisfies Record<string, keyof paths>;

const viewsOfProcess = {
  process: "/api/v1/processes/{process}",
  timeline: "/api/v1/processes/{process}/timeline",
  tree: "/api/v1/processes/{process}/tree",
  groups: "/api/v1/processes/{process}/groups",
  allocations: "/api/v1/processes/{process}/allocations",
  leaks: "/api/v1/processes/{process}/leaks",
  maps: "/api/v1/processes/{process}/maps",
  ending: "/api/v1/processes/{process}/ending",
  settings: "/api/v1/processes/{process}/settings",
} as const satisfies Record<string, keyof paths>;

/** Prints a view as the API gives it; parameters are those of the API (process=latest unless named). */
export async function view(name: string, words: readonly string[], options: ReaderOptions): Promise<void> {
  const { process = "latest", ...parameters } = parseParameters(words);
  // As they were written: the API says better than we what is wrong with one of them.
  const querySerializer = (): string => new URLSearchParams(parameters).toString();
  const ask = (): Promise<unknown> => {
    if (isKeyOf(views, name)) return withApi(options, (api) => answerOf(api.GET(views[name], { querySerializer })));
    if (!isKeyOf(viewsOfProcess, name)) throw noView(name);
    const path = viewsOfProcess[name];
    return withProcess(process, options, (api, key) =>
      answerOf(api.GET(path, { params: { path: { process: key } }, querySerializer })),
    );
  };
  printJson(await ask());
}

function isKeyOf<Table extends object>(table: Table, name: string): name is keyof Table & string {
  return Object.hasOwn(table, name);
}

function noView(name: string): CliError {
  return new CliError(`there is no view "${name}"`, {
    advice: `Views: ${Object.keys({ ...views, ...viewsOfProcess }).join(", ")}.`,
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

import { ApiClient } from "./api/client.js";
import { CliError, exitCodes } from "./errors.js";
import { dataDirectory } from "./paths.js";
import { runningState, type StackState } from "./stack/state.js";

/** Options that every command takes. */
export interface GlobalOptions {
  data?: string;
  api?: string;
}

/** The stack of the data directory; an error with advice when none runs. */
export function requireStack(options: GlobalOptions): StackState {
  const dataDir = dataDirectory(options.data);
  const state = runningState(dataDir);
  if (state !== null) return state;
  throw new CliError(`no stack runs on ${dataDir}`, {
    advice: "Start one: heaphound up --detach. Or name another: --data DIR, --api URL.",
    exitCode: exitCodes.unreachable,
  });
}

/** --api, $HEAPHOUND_API_URL, or the API of the local stack. */
export function apiClient(options: GlobalOptions): ApiClient {
  const named = options.api ?? process.env.HEAPHOUND_API_URL;
  return new ApiClient(named === undefined || named === "" ? requireStack(options).urls.api : named);
}

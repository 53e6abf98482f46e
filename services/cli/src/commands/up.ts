import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { GlobalOptions } from "../context.js";
import { CliError, errorText } from "../errors.js";
import { dataDirectory, installation, spoolDirectory } from "../paths.js";
import { printJson, say } from "../output/print.js";
import { makeSpool, sendLeftovers } from "../recording/leftovers.js";
import { runningState, type StackState } from "../stack/state.js";
import { startStack } from "../stack/supervisor.js";

export interface UpOptions extends GlobalOptions {
  detach?: boolean;
  json?: boolean;
}

/** Starts everything; stays until it is told to stop, unless detached. */
export async function up(options: UpOptions): Promise<void> {
  const dataDir = dataDirectory(options.data);
  if (options.detach === true) {
    const state = await ensureStack(dataDir);
    if (options.json === true) printJson(state);
    else announce(state, dataDir);
    return;
  }
  const stop = untilSignal();
  const stack = await startStack({
    dataDir,
    onChange: (name, state) => {
      if (state === "waiting") say(`${name} ended unexpectedly and is started again; see ${join(dataDir, "logs")}`);
    },
  });
  const state = runningState(dataDir);
  if (state !== null) announce(state, dataDir);
  await sendEarlierLeftovers(dataDir, stack.urls.grpc);
  say("Ctrl-C stops everything; the data stays.");
  await stop;
  say("stopping");
  await stack.stop();
}

/** What programs left while no stack ran. Trouble with one of them is no reason not to be up. */
async function sendEarlierLeftovers(dataDir: string, server: string): Promise<void> {
  try {
    await sendLeftovers(makeSpool(spoolDirectory(dataDir)), server);
  } catch (error) {
    say(`a recording of an earlier program could not be stored: ${errorText(error)}`);
  }
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. */
function untilSignal(): Promise<unknown> {
  const heard = new AbortController();
  const signals = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) =>
    once(process, signal, { signal: heard.signal }),
  );
  return Promise.race(signals);
}

/** The running stack of this data directory; a new one in the background if there is none. */
export async function ensureStack(dataDir: string): Promise<StackState> {
  const running = readyState(dataDir);
  if (running !== null) return running;
  mkdirSync(join(dataDir, "logs"), { recursive: true });
  const logFile = join(dataDir, "logs", "stack.log");
  const log = openSync(logFile, "w");
  say(`starting the local stack on ${dataDir}`);
  const child = spawn(
    process.execPath,
    [join(installation, "services/cli/bin/heaphound.mjs"), "up", "--data", dataDir],
    {
      detached: true,
      stdio: ["ignore", log, log],
    },
  );
  child.unref();
  for (;;) {
    const state = readyState(dataDir);
    if (state !== null) return state;
    // Another command may have been faster; then ours ended because of the lock, and theirs becomes ready.
    if (child.exitCode !== null && runningState(dataDir) === null) {
      throw new CliError(`the stack did not start:\n${readFileSync(logFile, "utf8").trimEnd()}`, {
        advice: `The logs are in ${join(dataDir, "logs")}; \`heaphound check\` looks for what is missing.`,
      });
    }
    await pause(50);
  }
}

function readyState(dataDir: string): StackState | null {
  const state = runningState(dataDir);
  const ready = state !== null && state.services.length > 0 && state.services.every((each) => each.state === "ready");
  return ready ? state : null;
}

function announce(state: StackState, dataDir: string): void {
  say(`Heaphound is up.

  GUI         ${state.urls.gui}
  API         ${state.urls.api}/docs
  ingester    ${state.urls.grpc}  (gRPC; HEAPHOUND_SERVER=${state.urls.grpc})
  ClickHouse  ${state.urls.clickhouse}
  data        ${dataDir}
`);
}

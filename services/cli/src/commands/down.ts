import { setTimeout as pause } from "node:timers/promises";
import type { GlobalOptions } from "../context.js";
import { CliError } from "../errors.js";
import { dataDirectory } from "../paths.js";
import { say } from "../output/print.js";
import { isAlive } from "../stack/pids.js";
import { killLeftovers, readState } from "../stack/state.js";

const TIMEOUT_MS = 30_000;

/** Stops the stack of the data directory and waits until it is gone. */
export async function down(options: GlobalOptions): Promise<void> {
  const dataDir = dataDirectory(options.data);
  const state = readState(dataDir);
  if (state === null || !isAlive(state.supervisor)) {
    const killed = killLeftovers(dataDir);
    say(
      killed === 0 ? `no stack runs on ${dataDir}` : `ended ${killed} services that their supervisor had left behind`,
    );
    return;
  }
  process.kill(state.supervisor.pid, "SIGTERM");
  const started = Date.now();
  while (isAlive(state.supervisor)) {
    if (Date.now() - started > TIMEOUT_MS) {
      throw new CliError(`the stack (process ${state.supervisor.pid}) did not stop within ${TIMEOUT_MS / 1000} s`, {
        advice: `Kill it: kill -9 ${state.supervisor.pid}; the next start cleans up.`,
      });
    }
    await pause(50);
  }
  say("stopped");
}

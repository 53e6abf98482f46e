import { runningState } from "../stack/state.js";
import type { GlobalOptions } from "../context.js";
import { exitCodes } from "../errors.js";
import { dataDirectory } from "../paths.js";
import { print, printJson } from "../output/print.js";
import { table } from "../output/table.js";

/** Says what runs, and where. Exit code 3 when nothing does. */
export function status(options: GlobalOptions & { json?: boolean }): void {
  const dataDir = dataDirectory(options.data);
  const state = runningState(dataDir);
  if (options.json === true)
    printJson(state === null ? { running: false, dataDir } : { running: true, dataDir, ...state });
  else if (state === null) print(`no stack runs on ${dataDir}`);
  else {
    const urls: Readonly<Record<string, string>> = { ...state.urls, ingester: state.urls.grpc };
    print(
      table(
        [
          { title: "SERVICE", value: (row) => row.name },
          { title: "STATE", value: (row) => row.state },
          { title: "PID", value: (row) => String(row.process?.pid ?? "-"), align: "right" },
          { title: "RESTARTS", value: (row) => String(row.restarts), align: "right" },
          { title: "ADDRESS", value: (row) => urls[row.name] ?? "" },
        ],
        state.services,
      ),
    );
    print(`data: ${dataDir}`);
  }
  if (state === null) process.exitCode = exitCodes.unreachable;
}

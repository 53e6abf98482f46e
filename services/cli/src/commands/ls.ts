import { answerOf, given, type Query } from "../api/client.js";
import { withApi, type ReaderOptions } from "../context.js";
import { print, printJson } from "../output/print.js";
import { styled } from "../output/style.js";
import { table } from "../output/table.js";
import { bytes, count, duration } from "../output/units.js";

export interface LsOptions extends ReaderOptions, Pick<Query<"list">, "sort" | "search" | "limit"> {
  json?: boolean;
  filter?: string;
}

/** Processes that were recorded, the newest first. */
export async function ls(options: LsOptions): Promise<void> {
  const { sort, search, limit } = options;
  const query = given({ sort, search, limit, q: questionOf(options) });
  const list = await withApi(options, (api) => answerOf(api.GET("/api/v1/processes", { params: { query } })));
  if (options.json === true) {
    printJson(list);
    return;
  }
  if (list.processes.length === 0) {
    print("no process yet; record one: heaphound run -- PROGRAM ARGS...");
    return;
  }
  print(
    table(
      [
        { title: "PROCESS", value: (row) => row.process },
        { title: "NAME", value: (row) => row.name },
        { title: "PID", value: (row) => String(row.pid), align: "right" },
        { title: "STARTED", value: (row) => startedAt(row.startedUnixNs) },
        { title: "LASTED", value: (row) => duration(row.durationNs), align: "right" },
        { title: "LIVE", value: (row) => bytes(row.liveBytes), align: "right" },
        { title: "PEAK", value: (row) => bytes(row.peakLiveBytes), align: "right" },
        { title: "ALLOCATIONS", value: (row) => count(row.allocations), align: "right" },
        { title: "LOST", value: (row) => (row.lossCount === 0 ? "-" : count(row.lossCount)), align: "right" },
        { title: "STATE", value: (row) => (row.running ? "running" : row.endReason || "ended") },
      ],
      list.processes,
    ),
  );
  const left = list.total - list.processes.length;
  if (left > 0) print(styled(`${count(left)} more; --limit shows them`, "dim"));
}

function questionOf({ filter, namespace }: LsOptions): string | undefined {
  if (namespace === undefined) return filter;
  const inNamespace = `namespace = ${JSON.stringify(namespace)}`;
  return filter === undefined ? inNamespace : `(${filter}) and ${inNamespace}`;
}

function startedAt(unixNs: string): string {
  const date = new Date(Number(BigInt(unixNs) / 1_000_000n));
  const pad = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

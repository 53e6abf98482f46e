import { createDataFrame, FieldType, type DataFrame, type DataLink, type FieldConfig } from "@grafana/data";
import type { FleetEvents, FleetGroup, FleetGroups, Frame, Groups, ProcessDetail } from "@heaphound/query";
import { processLink, type Links } from "../links.js";

export interface Column<Row> {
  name: string;
  of: (row: Row) => string | number | null;
  config?: FieldConfig;
}

/** Every row has every column: a table without rows still says what it would hold. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], about: { refId: string }): DataFrame {
  return createDataFrame({
    refId: about.refId,
    name: "response",
    meta: { preferredVisualisationType: "table" },
    fields: columns.map(({ name, of, config = {} }) => ({
      name,
      type: TEXTS.has(name) ? FieldType.string : name === "time" ? FieldType.time : FieldType.number,
      config,
      values: rows.map(of),
    })),
  });
}

const TEXTS = new Set(
  ["namespace", "workload", "pod", "container", "program", "process", "function", "source", "stack frames"].concat([
    "kind",
    "what is missing",
    "text",
    "reason",
    "cause",
    "what to do",
    "missing because",
  ]),
);

const BYTES: FieldConfig = { unit: "bytes" };

const GROUP_LABELS: Column<FleetGroup>[] = [
  { name: "namespace", of: (row) => row.namespace },
  { name: "workload", of: (row) => row.workload },
  { name: "pod", of: (row) => row.pod },
  { name: "container", of: (row) => row.container },
  { name: "program", of: (row) => row.name },
  { name: "process", of: (row) => row.process },
];
const LABELS_BY = { all: 0, namespace: 1, workload: 2, pod: 3, container: 4, process: 6 } as const;

const GROUP_FIGURES: Column<FleetGroup>[] = [
  { name: "live", of: (row) => row.liveBytes, config: BYTES },
  { name: "peak", of: (row) => row.peakLiveBytes, config: BYTES },
  { name: "growth/h", of: (row) => row.growthBytesPerSecond * 3600, config: { unit: "bytes" } },
  { name: "allocated", of: (row) => row.allocatedBytesPerSecond, config: { unit: "binBps" } },
  { name: "resident", of: (row) => row.residentBytes, config: BYTES },
  { name: "limit", of: (row) => row.limitBytes, config: BYTES },
  {
    name: "of limit",
    of: (row) => (row.limitBytes === null ? null : row.residentBytes / row.limitBytes),
    config: { unit: "percentunit", min: 0, max: 1, description: "resident memory of the limit" },
  },
  { name: "running", of: (row) => row.running },
  { name: "processes", of: (row) => row.processes },
  { name: "pods", of: (row) => row.pods },
  { name: "lost records", of: (row) => row.lossCount },
  { name: "with losses", of: (row) => row.lossy, config: { description: "processes that miss records" } },
  { name: "sampled", of: (row) => row.sampled, config: { description: "processes whose figures are estimates" } },
];

export function groupsFrame({ by, groups }: FleetGroups, refId: string, links: Links): DataFrame {
  const labels = GROUP_LABELS.slice(0, LABELS_BY[by]);
  const reference = by === "process" || by === "pod" ? by : undefined;
  const linked = labels.map((column) =>
    column.name === reference
      ? { ...column, config: { links: processLink(links, `\${__data.fields.${reference}}`) } }
      : column,
  );
  return table(groups, [...linked, ...GROUP_FIGURES], { refId });
}

/** The innermost frame that belongs to the program: allocation functions say nothing. */
function allocatingFrame(frames: readonly Frame[]): Frame | undefined {
  return (
    frames.find(({ function: name, module }) => !/^(libc|libheaphound|ld-)/.test(module) && !ALLOCATORS.test(name)) ??
    frames[0]
  );
}
const ALLOCATORS = /^(malloc|calloc|realloc|operator new|__libc_|_?mi_|je_|tc_|std::|__gnu_cxx::)/;

const MAX_FRAMES = 30;

export function stacksFrame(groups: Groups, about: { refId: string; process: string; links: Links }): DataFrame {
  const at = (row: Groups["groups"][number]): Frame | undefined => allocatingFrame(row.frames);
  const { refId, process, links } = about;
  return table(
    groups.groups,
    [
      { name: "function", of: (row) => at(row)?.function ?? "(no stack)" },
      { name: "source", of: (row) => sourceOf(at(row)) },
      { name: "bytes", of: (row) => row.bytes, config: BYTES },
      { name: "count", of: (row) => row.count },
      { name: "allocated", of: (row) => row.allocatedBytes, config: BYTES },
      { name: "leaked", of: (row) => row.leakedBytes, config: BYTES },
      { name: "stack", of: (row) => row.stack, config: { links: stackLink(links, process, groups.measure) } },
      {
        name: "stack frames",
        of: (row) =>
          row.frames
            .slice(0, MAX_FRAMES)
            .map((frame) => frame.function)
            .join(" < "),
      },
    ],
    { refId },
  );
}

/** Grafana fills the row's number in, so it must not be escaped. */
function stackLink(links: Links, process: string, measure: string): DataLink[] {
  return processLink(links, process, { measure }).map((link) => ({
    ...link,
    url: `${link.url}&q=stack%20%3D%20\${__data.fields.stack}`,
  }));
}

function sourceOf(frame: Frame | undefined): string {
  if (frame === undefined) return "";
  if (frame.file === "") return frame.module;
  const file = frame.file.slice(frame.file.lastIndexOf("/") + 1);
  return frame.line > 0 ? `${file}:${frame.line}` : file;
}

export function lossesFrame({ losses }: ProcessDetail, refId: string): DataFrame {
  return table(
    losses,
    [
      { name: "kind", of: (row) => row.kind },
      { name: "count", of: (row) => row.count },
      { name: "bytes", of: (row) => row.bytes, config: BYTES },
      { name: "what is missing", of: (row) => row.advice },
    ],
    { refId },
  );
}

export function eventsFrame({ events }: FleetEvents, refId: string): DataFrame {
  return table(
    events,
    [
      { name: "time", of: (row) => row.timeUnixMs },
      { name: "kind", of: (row) => row.kind },
      { name: "text", of: (row) => row.text },
      { name: "namespace", of: (row) => row.namespace },
      { name: "workload", of: (row) => row.workload },
      { name: "pod", of: (row) => row.pod },
    ],
    { refId },
  );
}

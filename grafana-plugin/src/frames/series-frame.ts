import { createDataFrame, DataFrameType, FieldType, type DataFrame, type Field } from "@grafana/data";
import type { FleetBy, FleetLabels, FleetSeries, FleetTimeline } from "@heaphound/query";
import { processLink, type Links } from "../links.js";
import type { Figure } from "../types.js";

interface FigureShape {
  /** Grafana's unit. */
  unit: string;
  title: string;
  values: (series: FleetSeries) => number[] | undefined;
}

export const FIGURES: Readonly<Record<Figure, FigureShape>> = {
  live: { unit: "bytes", title: "live", values: ({ liveBytes }) => liveBytes },
  resident: { unit: "bytes", title: "resident", values: ({ residentBytes }) => residentBytes },
  limit: {
    unit: "bytes",
    title: "limit",
    values: ({ limitBytes, liveBytes }) => (limitBytes === null ? undefined : liveBytes.map(() => limitBytes)),
  },
  allocated: { unit: "binBps", title: "allocated", values: (series) => series.allocatedBytesPerSecond },
  allocations: { unit: "cps", title: "allocations", values: (series) => series.allocationsPerSecond },
  processes: { unit: "short", title: "processes", values: ({ processes }) => processes },
};

/** One wide frame: a time field, and for each group and figure a field with the group's labels. */
export function seriesFrame(
  timeline: FleetTimeline,
  question: { refId: string; figures: readonly Figure[] },
  links: Links,
): DataFrame {
  const { refId, figures } = question;
  const fields: Partial<Field>[] = timeline.series.flatMap((series) =>
    figures.flatMap((figure) => field(series, figure, { by: timeline.by, isAlone: figures.length === 1, links })),
  );
  return createDataFrame({
    refId,
    name: "response",
    meta: { type: DataFrameType.TimeSeriesWide, preferredVisualisationType: "graph" },
    fields: [{ name: "time", type: FieldType.time, values: timeline.timeUnixMs }, ...fields].map(withName),
  });
}

function withName(field: Partial<Field>): Partial<Field> & { name: string } {
  return { name: "value", ...field };
}

interface Context {
  by: FleetBy;
  isAlone: boolean;
  links: Links;
}

function field(series: FleetSeries, figure: Figure, { by, isAlone, links }: Context): Partial<Field>[] {
  const { unit, title, values } = FIGURES[figure];
  const numbers = values(series);
  if (numbers === undefined) return [];
  const group = series.isRest ? "all others" : groupName(series, by);
  const display = group === "" ? title : isAlone ? group : `${group} ${title}`;
  const link = by === "process" && !series.isRest ? processLink(links, series.process) : [];
  return [
    {
      name: figure,
      type: FieldType.number,
      labels: labelsOf(series),
      config: { unit, displayNameFromDS: display, links: link },
      values: numbers,
    },
  ];
}

/** The shortest name that people know a group by. */
function groupName(labels: FleetLabels, by: FleetBy): string {
  if (by === "all") return "";
  const { namespace, workload, pod, container, name, process } = labels;
  const parts = {
    namespace: [namespace],
    workload: [namespace, workload],
    pod: [pod],
    container: [pod, container],
    process: [pod, `${name} ${process.slice(0, 8)}`],
  }[by];
  return parts.filter((part) => part !== "").join(by === "process" ? " " : "/") || "outside of Kubernetes";
}

function labelsOf(labels: FleetLabels): Record<string, string> {
  const { namespace, workload, pod, container, process, name } = labels;
  const all = { namespace, workload, pod, container, process, name };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
}

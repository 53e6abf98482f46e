import { parse } from "../language/parse.js";
import type { Filter } from "../ast.js";
import type { Measure } from "../shapes/index.js";
import type { CompiledQuery, ProcessScope, Window } from "../server.js";
import * as server from "../server.js";

/** A statement that a view compiles to, kept in git so that a change shows in review. */
export interface GoldenCase {
  /** File name without ending. */
  name: string;
  query: CompiledQuery;
}

const SCOPE: ProcessScope = {
  process: "6840000000000000001",
  startedNs: 1_700_000_000_000_000_000n,
  durationNs: 60_000_000_000,
};
const WINDOW: Window = { fromNs: SCOPE.startedNs + 5_000_000_000n, toNs: SCOPE.startedNs + 12_500_000_000n };
const WHOLE: Window = {};

/** One filter of each kind: none, known at birth, in one table only, about how it ended, about frames. */
export const FILTERS: Readonly<Record<string, string>> = {
  everything: "",
  size: "size >= 1MiB",
  row: "thread = 3 and kind = realloc",
  fate: "lifetime < 10ms or leaked",
  rowFate: "thread = 3 and leaked",
  marker: "marker = 7",
  frames: 'function ~ "json" and source ~ "parser" and library !~ "libc"',
  mixed: 'size between 1KiB and 64KiB and not (temporary or function = "main") and allocated > 50% and depth > 4',
};

const PROCESS_FILTERS: Readonly<Record<string, string>> = {
  everything: "",
  labels: 'namespace = "shop" and (pod ~ "^cart-" or not running) and pid in (1, 17)',
};

/** Every view with representative filters. */
export function goldenCases(): GoldenCase[] {
  return [
    ...processCases(),
    ...mapsCases(),
    ...fleetCases(),
    ...endingCases(),
    ...coverageCases(),
    ...Object.entries(FILTERS).flatMap(([name, text]) => filterCases(name, filterOf(text))),
  ];
}

function filterOf(text: string): Filter {
  const result = parse(text);
  if (!result.ok) throw new Error(`${text}: ${result.error.message}`);
  return result.filter;
}

function processCases(): GoldenCase[] {
  const page = { sort: "started", order: "desc", limit: 100, offset: 0 } as const;
  const lists = Object.entries(PROCESS_FILTERS).map(([name, text]) => ({
    name: `processes.${name}`,
    query: server.compileProcesses({ filter: filterOf(text), ...page }),
  }));
  return [
    ...lists,
    { name: "processes.search", query: server.compileProcesses({ filter: filterOf(""), search: "redis", ...page }) },
    { name: "namespaces", query: server.compileNamespaces() },
    { name: "find-process.scoped", query: server.compileFindProcess({ by: "latest" }, ["shop"]) },
    { name: "find-process.prefix", query: server.compileFindProcess({ by: "either", text: "5eed" }) },
    { name: "find-process.latest", query: server.compileFindProcess({ by: "latest" }) },
  ];
}

function fleetCases(): GoldenCase[] {
  const range = { fromNs: SCOPE.startedNs, toNs: SCOPE.startedNs + 3_600_000_000_000n };
  const labels = { ...range, filter: filterOf(PROCESS_FILTERS.labels!) };
  const everything = { ...range, filter: filterOf("") };
  const stepNs = 15_000_000_000n;
  const kinds = server.FLEET_EVENT_KINDS;
  return [
    {
      name: "fleet-groups.all",
      query: server.compileFleetGroups({ ...everything, by: "all", sort: "live", limit: 1 }),
    },
    {
      name: "fleet-groups.scoped",
      query: server.compileFleetGroups({ ...labels, by: "workload", sort: "growth", limit: 20, namespaces: ["shop"] }),
    },
    {
      name: "fleet-timeline.all",
      query: server.compileFleetTimeline({ ...everything, by: "all", stepNs, groups: [] }),
    },
    {
      name: "fleet-timeline.pod",
      query: server.compileFleetTimeline({ ...labels, by: "pod", stepNs, groups: ["shop\x1fcart\x1fcart-0"] }),
    },
    { name: "fleet-values.pod", query: server.compileFleetValues({ ...labels, field: "pod", limit: 1000 }) },
    { name: "fleet-events", query: server.compileFleetEvents({ ...labels, kinds, limit: 1000 }) },
  ];
}

function mapsCases(): GoldenCase[] {
  const question = { scope: SCOPE, atNs: SCOPE.startedNs + 5_000_000_000n };
  return [
    { name: "maps.sample-times", query: server.compileMapSampleTimes(SCOPE) },
    { name: "maps.mappings", query: server.compileMappings(SCOPE, question.atNs) },
    { name: "maps.calls", query: server.compileMemoryCalls(question) },
    { name: "maps.settings", query: server.compileSettings(SCOPE) },
    { name: "maps.memory", query: server.compileMemorySample(question) },
    { name: "maps.allocators", query: server.compileAllocators(SCOPE) },
  ];
}

function coverageCases(): GoldenCase[] {
  const scoped = { namespaces: ["shop", "bank"], namespace: "shop", workload: "Deployment/web" };
  return [
    { name: "coverage.time", query: server.compileCoverageTime() },
    { name: "coverage.workloads", query: server.compileCoverageWorkloads({}) },
    { name: "coverage.workloads.scoped", query: server.compileCoverageWorkloads(scoped) },
    { name: "coverage.oom-kills", query: server.compileOomKillsOfWorkloads(scoped, SCOPE.startedNs) },
    { name: "coverage.pods", query: server.compileCoveragePods({ limit: 100, offset: 0 }) },
    {
      name: "coverage.pods.scoped",
      query: server.compileCoveragePods({ ...scoped, code: "not_reporting", limit: 100, offset: 200 }),
    },
  ];
}

function endingCases(): GoldenCase[] {
  const question = { scope: SCOPE, fromNs: SCOPE.startedNs + 5_000_000_000n, limit: 20 };
  const sampled = { ...question, scope: { ...SCOPE, isSampled: true } };
  return [
    { name: "ending.stacks", query: server.compileEndingStacks(question) },
    { name: "ending.stacks.usage", query: server.compileEndingStacks({ ...question, preferUsage: true }) },
    { name: "ending.stacks.sampled", query: server.compileEndingStacks(sampled) },
    { name: "ending.container", query: server.compileContainerEnd(SCOPE) },
    { name: "ending.oom-kills", query: server.compileOomKills(SCOPE, SCOPE.startedNs + 60_000_000_000n) },
    { name: "ending.unseen", query: server.compileUnseenEnd(SCOPE) },
  ];
}

const MEASURES: readonly Measure[] = ["live", "allocated", "freed", "leaked", "temporary"];

function filterCases(name: string, filter: Filter): GoldenCase[] {
  const base = { scope: SCOPE, filter };
  const measures = name === "everything" ? MEASURES : (["live", "allocated"] as const);
  return [
    ...measures.map((measure) => treeCase(`tree.${measure}.${name}`, { ...base, measure, window: windowOf(measure) })),
    {
      name: `groups.leaked.${name}`,
      query: server.compileGroups({
        ...base,
        measure: "leaked",
        window: WINDOW,
        sort: "bytes",
        order: "desc",
        limit: 100,
        offset: 0,
      }),
    },
    ...timelineCases(name, filter),
    ...allocationCases(name, filter),
    ...exportCases(name, filter),
    ...(name === "everything" || name === "frames" ? usageCases(name, filter) : []),
  ];
}

function windowOf(measure: Measure): Window {
  return measure === "live" ? { toNs: WINDOW.toNs } : WINDOW;
}

function treeCase(name: string, question: server.Sums): GoldenCase {
  return { name, query: server.compileStackSums({ ...question, limit: 1000 }) };
}

function usageCases(name: string, filter: Filter): GoldenCase[] {
  const question = { scope: SCOPE, filter, limit: 1000, preferUsage: true } as const;
  return (["live", "freed"] as const).map((measure) => ({
    name: `tree-usage.${measure}.${name}`,
    query: server.compileStackSums({ ...question, measure, window: windowOf(measure) }),
  }));
}

function timelineCases(name: string, filter: Filter): GoldenCase[] {
  const question = {
    scope: SCOPE,
    fromNs: SCOPE.startedNs,
    toNs: SCOPE.startedNs + 60_000_000_000n,
    stepNs: 100_000_000n,
    filter,
  };
  const rows = { name: `timeline-rows.${name}`, query: server.compileTimelineRows(question, undefined) };
  if (name !== "everything") return [rows];
  const base = { afterBlock: 3, lastBlock: 9, firstId: "1000", endId: "9000" };
  return [
    rows,
    { name: "timeline-rows.from-base", query: server.compileTimelineRows(question, base) },
    { name: "timeline-scale", query: server.compileTimelineScale(question) },
    { name: "timeline-blocks", query: server.compileTimelineBlocks(question) },
    { name: "timeline-spans", query: server.compileTimelineSpans(question) },
    { name: "timeline-marks", query: server.compileTimelineMarks(question) },
  ];
}

function allocationCases(name: string, filter: Filter): GoldenCase[] {
  const question = { scope: SCOPE, filter, window: WINDOW, order: "desc", limit: 100 } as const;
  return [
    {
      name: `allocations.size.${name}`,
      query: server.compileAllocationPage({ ...question, sort: "size", after: { value: "4096", id: "77" } }),
    },
    { name: `allocations.count.${name}`, query: server.compileAllocationCount({ ...question, sort: "time" }) },
    ...(name === "everything"
      ? [
          {
            name: "allocations.lifetime",
            query: server.compileAllocationPage({ ...question, sort: "lifetime", window: WHOLE }),
          },
          { name: "allocation-rows", query: server.compileAllocationRows(SCOPE, ["5", "18446744073709551615"]) },
          { name: "late-frees", query: server.compileLateFrees(SCOPE, ["5", "18446744073709551615"]) },
        ]
      : []),
  ];
}

function exportCases(name: string, filter: Filter): GoldenCase[] {
  return [
    { name: `events.${name}`, query: server.compileEvents({ scope: SCOPE, filter, window: WINDOW, firstId: "1" }) },
    {
      name: `export-rows.${name}`,
      query: server.compileExportRows({ scope: SCOPE, window: WHOLE, filter, lowId: 1, highId: 1_000_000 }),
    },
  ];
}

/** What a golden file holds: the statement and the values bound to it. */
export function goldenText({ sql, params }: CompiledQuery): string {
  const values = Object.entries(params).map(([name, value]) => `-- ${name} = ${textOf(value)}`);
  return `${sql.trim()}\n\n${values.join("\n")}\n`;
}

function textOf(value: CompiledQuery["params"][string]): string {
  return Array.isArray(value) ? `[${value.map(String).join(", ")}]` : JSON.stringify(value);
}

import type { DataFrame, TimeRange } from "@grafana/data";
import type { ProcessDetail, Tree } from "@heaphound/query";
import { map, type Observable, of, switchMap } from "rxjs";
import type { ApiClient, Parameters } from "./api-client.js";
import { flameFrame } from "./frames/flame-frame.js";
import { seriesFrame } from "./frames/series-frame.js";
import { coverageFrame, gapsFrame } from "./frames/coverage.js";
import { eventsFrame, groupsFrame, lossesFrame, stacksFrame } from "./frames/tables.js";
import type { Links } from "./links.js";
import { clockRange, runWindow } from "./time.js";
import type { CompleteQuery } from "./types.js";

export interface Situation {
  range: TimeRange;
  maxDataPoints: number;
  links: Links;
}

/** What the panel can draw without a pause. */
const MAX_NODES = 10_000;
const MAX_POINTS = 2000;

/** The frames that a query asks for; its variables are replaced already. */
export function answer(api: ApiClient, query: CompleteQuery, situation: Situation): Observable<DataFrame[]> {
  const { refId } = query;
  const { range, links } = situation;
  switch (query.view) {
    case "series":
      return api
        .fleetTimeline({ ...fleetParameters(query, range), points: points(situation) })
        .pipe(map((timeline) => [seriesFrame(timeline, query, links)]));
    case "groups":
      return api.fleetGroups(fleetParameters(query, range)).pipe(map((groups) => [groupsFrame(groups, refId, links)]));
    case "events":
      return api
        .fleetEvents({ q: query.q, limit: query.limit, ...clockRange(range) })
        .pipe(map((events) => [eventsFrame(events, refId)]));
    case "coverage":
      return api.coverage().pipe(map((coverage) => [coverageFrame(coverage, { refId, links })]));
    case "gaps":
      return api.coverage().pipe(map((coverage) => [gapsFrame(coverage, { refId, links })]));
    case "flame":
      return ofProcess(api, query, range, (process, parameters) =>
        (parameters
          ? api.tree(process.process, { ...parameters, weight: query.weight, limit: MAX_NODES })
          : of(emptyTree(query))
        ).pipe(map((tree) => [flameFrame(tree, refId)])),
      );
    case "stacks":
      return ofProcess(api, query, range, (process, parameters) =>
        parameters
          ? api
              .stacks(process.process, { ...parameters, weight: query.weight, limit: query.limit })
              .pipe(map((groups) => [stacksFrame(groups, { refId, process: process.process, links })]))
          : of([]),
      );
    case "losses":
      return api.process(query.process).pipe(map((process) => [lossesFrame(process, refId)]));
  }
}

function points({ maxDataPoints }: Situation): number {
  return Math.min(MAX_POINTS, Math.max(1, Math.floor(maxDataPoints)));
}

function fleetParameters({ q, by, sort, limit }: CompleteQuery, range: TimeRange): Parameters {
  return { q, by, sort, limit, ...clockRange(range) };
}

type Ask = (process: ProcessDetail, parameters: Parameters | undefined) => Observable<DataFrame[]>;

/** The process first, since its own time begins at its start; no parameters: it did not run in the range. */
function ofProcess(api: ApiClient, query: CompleteQuery, range: TimeRange, ask: Ask): Observable<DataFrame[]> {
  return api.process(query.process).pipe(
    switchMap((process) => {
      const window = runWindow(process, range);
      return ask(process, window && { q: query.q, measure: query.measure, ...windowParameters(query, window) });
    }),
  );
}

function windowParameters(query: CompleteQuery, { fromNs, toNs }: { fromNs: number; toNs: number }): Parameters {
  return query.measure === "live" ? { at: toNs } : { from: fromNs, to: toNs };
}

function emptyTree({ measure, weight }: CompleteQuery): Tree {
  return {
    ...{ revision: 0, measure, weight, sentence: "The process did not run in this range of time.", stacks: 0 },
    ...{ totalBytes: 0, totalCount: 0, pruned: 0, strings: [], parent: [], name: [], module: [], file: [], line: [] },
    ...{
      inlined: [],
      totalBytesOf: [],
      totalCountOf: [],
      selfBytes: [],
      selfCount: [],
      smallBytes: [],
      smallCount: [],
    },
  };
}

import { Params, type CompiledQuery } from "@heaphound/query/server";

export function lossesQuery(process: string): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT toString(kind) AS kind, sum(l.count) AS count, sum(l.bytes) AS bytes
FROM losses AS l FINAL WHERE process = ${params.bind(process, "UInt64")}
GROUP BY kind ORDER BY count DESC, kind LIMIT 100`);
}

export function threadsQuery(process: string): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT thread, tid, toString(name) AS name
FROM threads FINAL WHERE process = ${params.bind(process, "UInt64")}
ORDER BY thread LIMIT 10000`);
}

export interface ModuleRow {
  number: number;
  path: string;
  build_id: string;
  start: string;
  end: string;
  load_bias: string;
  /** Share of its frames that have symbols. */
  symbolized: number;
  frames: number;
}

/** Modules with the share of their frames in this process's stacks that have symbols. */
export function modulesQuery(process: string): CompiledQuery {
  const params = new Params();
  const key = params.bind(process, "UInt64");
  return params.query(`
SELECT m.number AS number, m.path AS path, m.build_id AS build_id, f.total AS frames,
       toString(m.start) AS start, toString(m.end) AS end, toString(m.load_bias) AS load_bias,
       if(f.total = 0, 1, f.named / f.total) AS symbolized
FROM (SELECT number, path, build_id, start, end, load_bias FROM modules FINAL WHERE process = ${key}) AS m
LEFT ANY JOIN
(
  SELECT toString(build_id) AS build, uniqExact(frame) AS total,
         uniqExactIf(frame, frame IN (SELECT frame FROM symbols WHERE notEmpty(functions))) AS named
  FROM frames
  WHERE frame IN (SELECT arrayJoin(frames) FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = ${key}))
  GROUP BY build
) AS f ON m.build_id = f.build
ORDER BY number LIMIT 10000`);
}

export function stackFactsQuery(process: string): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT uniqExact(stack) AS stacks, max(depth) AS deepest
FROM process_stacks WHERE process = ${params.bind(process, "UInt64")}`);
}

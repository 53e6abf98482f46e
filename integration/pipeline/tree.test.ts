// A flame graph adds up what was recorded: its figures are those that SQL finds in the rows, frame by frame, by another way.
import type { Tree } from "@heaphound/query";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Laboratory, type Recording } from "../support/laboratory.js";
import { program } from "../support/programs.js";

let laboratory: Laboratory;

beforeAll(async () => {
  laboratory = await Laboratory.open(["clickhouse", "ingester", "api"]);
});
afterAll(() => laboratory.close());

async function treeOf(key: string, parameters: Record<string, string>): Promise<Tree> {
  const hex = BigInt(key).toString(16).padStart(16, "0");
  const words = new URLSearchParams({ measure: "allocated", ...parameters });
  const response = await fetch(`${laboratory.stack.urls.api}/api/v1/processes/${hex}/tree?${words.toString()}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Tree;
}

/** By function: what stacks hold that have it, each once however often it is in them. */
function byFunction(tree: Tree): Map<string, [number, number]> {
  const sums = new Map<string, [number, number]>();
  const above: Set<string>[] = [new Set()];
  for (let node = 1; node < tree.parent.length; node++) {
    const name = tree.strings[tree.name[node]!]!;
    const callers = above[tree.parent[node]!]!;
    above[node] = new Set([...callers, name]);
    if (callers.has(name)) continue;
    const [bytes, count] = sums.get(name) ?? [0, 0];
    sums.set(name, [bytes + tree.totalBytesOf[node]!, count + tree.totalCountOf[node]!]);
  }
  return sums;
}

/** The same from the rows, the arrays of frames and the symbols; functions that have symbols. */
async function fromRows(key: string): Promise<Map<string, [number, number]>> {
  const rows = await laboratory.database.rows<{ name: string; bytes: string; count: string }>(`
    SELECT name, toString(sum(bytes)) AS bytes, toString(sum(count)) AS count FROM
    (
      SELECT a.stack AS stack, sum(a.size) AS bytes, count() AS count FROM allocations AS a WHERE process = ${key} GROUP BY stack
    ) AS sums
    INNER JOIN
    (
      SELECT DISTINCT stack, arrayJoin(functions) AS name
      FROM (SELECT stack, arrayJoin(frames) AS frame FROM process_stacks INNER JOIN stacks USING (stack_id) WHERE process = ${key}) AS s
      INNER JOIN (SELECT frame, functions FROM symbols FINAL) AS f USING (frame)
    ) AS named USING (stack)
    GROUP BY name`);
  return new Map(rows.map(({ name, bytes, count }) => [name, [Number(bytes), Number(count)]]));
}

describe("a flame graph", () => {
  let recording: Recording;

  beforeAll(async () => {
    recording = await laboratory.record([program("containers"), "300"]);
    await laboratory.database.untilSymbolized();
  });

  it("has the sums of the rows for the whole, and for every function", async () => {
    const expected = await fromRows(recording.process);
    const tree = await treeOf(recording.process, { minShare: "0" });
    expect([tree.totalBytes, tree.totalCount]).toEqual([recording.stored.bytes, recording.stored.allocations]);
    expect(expected.size).toBeGreaterThan(20);
    const found = byFunction(tree);
    for (const [name, sums] of expected) expect(found.get(name), name).toEqual(sums);
  });

  it("leaves nothing out when light frames are folded", async () => {
    const tree = await treeOf(recording.process, { minShare: "0.05" });
    expect(tree.pruned).toBeGreaterThan(0);
    const parts = tree.selfBytes.map((self, node) => self + tree.smallBytes[node]!);
    tree.parent.forEach((parent, node) => node > 0 && (parts[parent]! += tree.totalBytesOf[node]!));
    expect(parts).toEqual(tree.totalBytesOf);
  });
});

import { describe, expect, it } from "vitest";
import { nodeAt, treeOf } from "../testing/ascii-stacks";
import { callersOf, occurrences, search, sourceLine } from "./facts";

const tree = treeOf(`
  main;walk;walk;walk;malloc 10
  main;walk;malloc 5 2
  main;Parse;malloc 30
`);

describe("facts about frames", () => {
  it("counts a recursive function once per stack", () => {
    const found = occurrences(tree, nodeAt(tree, "main;walk;walk"));
    expect(found).toMatchObject({ nodes: 3, bytes: 15, count: 3 });
  });

  it("searches without regard to case and adds up without counting twice", () => {
    expect(search(tree, "PARSE")).toMatchObject({ nodes: 1, bytes: 30 });
    expect(search(tree, "a")).toMatchObject({ bytes: 45 });
    expect(search(tree, "  ")).toBeNull();
    expect(search(tree, "nothing")).toMatchObject({ nodes: 0, bytes: 0 });
  });

  it("names callers from the outside in", () => {
    const names = callersOf(tree.parent, nodeAt(tree, "main;walk;malloc")).map(
      (node) => tree.strings[tree.name[node]!],
    );
    expect(names).toEqual(["main", "walk", "malloc"]);
  });

  it("shortens source files to their name", () => {
    expect(sourceLine("/src/redis/kvstore.c", 188)).toBe("kvstore.c:188");
    expect(sourceLine("a.c", 0)).toBe("a.c");
    expect(sourceLine("", 3)).toBe("");
  });
});

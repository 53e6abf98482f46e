import { describe, expect, it } from "vitest";
import { nodeAt, treeOf } from "../testing/ascii-stacks";
import { findPath, layoutTree } from "./layout";
import { frameAt, viewOf, visitVisible, walk } from "./rows";

const tree = treeOf(`
  main;run;malloc 10
  main;load;parse;malloc 60 3
  main;load;malloc 20
  thread;malloc 10 9
`);
const at = (path: string): number => nodeAt(tree, path);
const name = (node: number): string => tree.strings[tree.name[node]!]!;

/** Rows as text: one character per unit of weight. */
function drawn(view = viewOf(layoutTree(tree, "bytes"), null), widthPx = 100): string[] {
  const rows: string[] = [];
  const layout = layoutTree(tree, "bytes");
  visitVisible(
    layout,
    { view, widthPx, firstRow: 0, lastRow: 99 },
    {
      frame: (node, row, x, width) => {
        rows[row] = `${rows[row] ?? ""}[${name(node) || "root"} ${Math.round(x)}+${Math.round(width)}]`;
      },
      stripe: (row, x) => {
        rows[row] = `${rows[row] ?? ""}|${x}`;
      },
    },
  );
  return rows;
}

describe("the layout of a flame graph", () => {
  it("puts the heaviest first and children under their parent", () => {
    expect(drawn()).toEqual([
      "[root 0+100]",
      "[main 0+90][thread 90+10]",
      "[load 0+80][run 80+10][malloc 90+10]",
      "[parse 0+60][malloc 60+20][malloc 80+10]",
      "[malloc 0+60]",
    ]);
  });

  it("weighs by allocations when asked", () => {
    const layout = layoutTree(tree, "count");
    expect(layout.total).toBe(14);
    expect(layout.x[at("thread")]).toBe(0);
    expect(layout.x[at("main")]).toBe(9);
  });

  it("shows a focused frame as wide as the canvas, its callers above it", () => {
    const layout = layoutTree(tree, "bytes");
    expect(drawn(viewOf(layout, at("main;load;parse")), 60)).toEqual([
      "[root 0+100]",
      "[main 0+90]",
      "[load 0+80]",
      "[parse 0+60]",
      "[malloc 0+60]",
    ]);
  });

  it("finds the frame under the pointer", () => {
    const layout = layoutTree(tree, "bytes");
    expect(frameAt(layout, 2, 79.9)).toBe(at("main;load"));
    expect(frameAt(layout, 2, 80)).toBe(at("main;run"));
    expect(frameAt(layout, 4, 70)).toBeNull();
    expect(frameAt(layout, 9, 0)).toBeNull();
  });

  it("walks with the arrow keys", () => {
    const layout = layoutTree(tree, "bytes");
    expect(walk(layout, 0, "down")).toBe(at("main"));
    expect(walk(layout, at("main;load"), "right")).toBe(at("main;run"));
    expect(walk(layout, at("main;run"), "right")).toBe(at("thread;malloc"));
    expect(walk(layout, at("main;load"), "left")).toBe(at("main;load"));
    expect(walk(layout, at("main;load;parse"), "up")).toBe(at("main;load"));
    expect(walk(layout, 0, "up")).toBe(0);
  });

  it("names a frame across answers with other weights", () => {
    const later = treeOf("thread;malloc 500\nmain;load;parse;malloc 1\nmain;run;malloc 7");
    const path = layoutTree(tree, "bytes").path[at("main;load;parse")]!;
    expect(findPath(layoutTree(later, "bytes"), path)).toBe(nodeAt(later, "main;load;parse"));
    expect(findPath(layoutTree(treeOf("main;run 1"), "bytes"), path)).toBeNull();
  });

  it("has an answer for a tree without weight", () => {
    const empty = layoutTree(treeOf("main 0"), "bytes");
    expect(viewOf(empty, null)).toEqual({ from: 0, to: 1 });
  });
});

describe("a hundred thousand frames", () => {
  const wide = treeOf(Array.from({ length: 300 }, (_, a) => `main;f${a} ${300 - a}`).join("\n"));
  for (let node = 0; node < 100_000; node += 1) {
    const parent = 2 + (node % 300);
    wide.parent.push(parent);
    wide.name.push(1);
    wide.module.push(0);
    wide.file.push(0);
    wide.line.push(0);
    wide.inlined.push(0);
    wide.totalBytesOf.push(0.001);
    wide.totalCountOf.push(0);
    wide.selfBytes.push(0);
    wide.selfCount.push(0);
  }
  const layout = layoutTree(wide, "bytes");

  it("costs as many drawing steps as there are pixels, not nodes", () => {
    let steps = 0;
    const step = (): void => {
      steps += 1;
    };
    visitVisible(
      layout,
      { view: viewOf(layout, null), widthPx: 1000, firstRow: 0, lastRow: 50 },
      { frame: step, stripe: step },
    );
    expect(steps).toBeLessThan(3 * 1000 + 300);
    expect(steps).toBeGreaterThan(300);
  });
});

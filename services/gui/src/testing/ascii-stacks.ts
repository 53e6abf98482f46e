import type { Tree } from "../api/shapes";

/**
 * A tree from lines like `main;load;malloc 64 2`: frames from the outside in, bytes, and (1 if left out) allocations.
 * Test data that shows what it means.
 */
export function treeOf(text: string): Tree {
  const tree = emptyTree();
  const byPath = new Map<string, number>([["", 0]]);
  for (const line of text.trim().split("\n")) {
    const [stack = "", bytes = "0", count = "1"] = line.trim().split(" ");
    addStack(tree, byPath, stack.split(";"), { bytes: Number(bytes), count: Number(count) });
  }
  tree.totalBytes = tree.totalBytesOf[0] ?? 0;
  tree.totalCount = tree.totalCountOf[0] ?? 0;
  return tree;
}

function addStack(
  tree: Tree,
  byPath: Map<string, number>,
  names: string[],
  weight: { bytes: number; count: number },
): void {
  let path = "";
  let node = 0;
  addWeight(tree, node, weight);
  for (const name of names) {
    path += `;${name}`;
    node = byPath.get(path) ?? addNode(tree, node, name);
    byPath.set(path, node);
    addWeight(tree, node, weight);
  }
  tree.selfBytes[node]! += weight.bytes;
  tree.selfCount[node]! += weight.count;
  tree.stacks += 1;
}

function addWeight(tree: Tree, node: number, weight: { bytes: number; count: number }): void {
  tree.totalBytesOf[node]! += weight.bytes;
  tree.totalCountOf[node]! += weight.count;
}

function addNode(tree: Tree, parent: number, name: string): number {
  let string = tree.strings.indexOf(name);
  if (string < 0) string = tree.strings.push(name) - 1;
  tree.name.push(string);
  for (const column of [tree.module, tree.file]) column.push(0);
  const figures = [
    tree.totalBytesOf,
    tree.totalCountOf,
    tree.selfBytes,
    tree.selfCount,
    tree.smallBytes,
    tree.smallCount,
  ];
  for (const column of [tree.line, ...figures]) column.push(0);
  tree.inlined.push(0);
  return tree.parent.push(parent) - 1;
}

function emptyTree(): Tree {
  return {
    revision: 1,
    measure: "live",
    weight: "bytes",
    sentence: "",
    totalBytes: 0,
    totalCount: 0,
    stacks: 0,
    strings: [""],
    parent: [0],
    name: [0],
    module: [0],
    file: [0],
    line: [0],
    inlined: [0],
    totalBytesOf: [0],
    totalCountOf: [0],
    selfBytes: [0],
    selfCount: [0],
    smallBytes: [0],
    smallCount: [0],
    pruned: 0,
  };
}

/** The node with this path, "main;load". */
export function nodeAt(tree: Tree, path: string): number {
  let node = 0;
  for (const name of path.split(";"))
    node = tree.parent.findIndex(
      (parent, child) => child > 0 && parent === node && tree.strings[tree.name[child]!] === name,
    );
  if (node < 0) throw new Error(`the tree has no ${path}`);
  return node;
}

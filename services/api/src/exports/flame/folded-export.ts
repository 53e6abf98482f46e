import { foldTree, type FoldedTree } from "../../views/fold-tree.js";
import type { TreeService } from "../../views/tree-service.js";
import type { Strings } from "../../stacks/strings.js";
import { programAndPid, type ExportFile, type ExportQuestion } from "../export.js";

/** One line per distinct stack, `main;load;parse 4096`: what flame graph tools read. */
export class FoldedExport {
  constructor(private readonly trees: TreeService) {}

  async file(reference: string, question: ExportQuestion): Promise<ExportFile> {
    const { process, sums, stacks } = await this.trees.measure(reference, question);
    const tree = foldTree(sums, stacks, { weight: question.weight, minShare: 0, invert: false });
    const self = question.weight === "bytes" ? tree.selfBytes : tree.selfCount;
    return {
      name: `heaphound.${programAndPid(process)}.folded`,
      contentType: "text/plain; charset=utf-8",
      content: lines(tree, self, stacks.frames.strings),
    };
  }
}

function* lines(tree: FoldedTree, self: readonly number[], strings: Strings): Generator<string> {
  for (let node = 1; node < tree.parent.length; node++) {
    if (self[node] !== 0) yield `${pathOf(tree, node, strings)} ${self[node]}\n`;
  }
}

/** The separator may not be part of a name. */
function pathOf(tree: FoldedTree, leaf: number, strings: Strings): string {
  const names: string[] = [];
  for (let node = leaf; node > 0; node = tree.parent[node]!) {
    names.push(strings.at(tree.entries[node]?.name ?? 0).replace(/[;\r\n]/g, ":"));
  }
  return names.reverse().join(";");
}

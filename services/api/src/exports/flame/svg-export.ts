import type { TreeService } from "../../views/tree-service.js";
import { programAndPid, type ExportFile, type ExportQuestion } from "../export.js";
import { drawFlameGraph } from "./draw.js";

/** Narrower ones cannot be seen. */
const MIN_SHARE = 0.0005;
const MAX_NODES = 20_000;

/** A flame graph as one file that needs nothing else: zoom by click, search by the box. */
export class SvgExport {
  constructor(private readonly trees: TreeService) {}

  async file(reference: string, question: ExportQuestion): Promise<ExportFile> {
    const shape = { minShare: MIN_SHARE, limit: MAX_NODES, invert: false };
    const { tree, process } = await this.trees.treeOf(reference, { ...question, ...shape });
    return {
      name: `heaphound.${programAndPid(process)}.svg`,
      contentType: "image/svg+xml",
      content: drawFlameGraph(tree),
    };
  }
}

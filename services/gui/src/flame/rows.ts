import type { FlameLayout } from "./layout";

/** An interval of x, in units of weight. */
export interface View {
  from: number;
  to: number;
}

export interface Canvas {
  view: View;
  widthPx: number;
  /** Rows on screen: first (may be a fraction above the edge) to last, both included. */
  firstRow: number;
  lastRow: number;
}

/** Frames narrower than this are drawn as one grey stripe with their neighbours. */
const NARROW_PX = 0.75;

export interface Visitor {
  frame: (node: number, row: number, xPx: number, widthPx: number) => void;
  stripe: (row: number, xPx: number, widthPx: number) => void;
}

/**
 * Calls `frame` for each frame that can be seen and `stripe` for runs of frames too narrow to see. The work is bounded by
 * pixels, not by nodes: after a narrow frame the search goes on at the next pixel.
 */
export function visitVisible(layout: FlameLayout, canvas: Canvas, visitor: Visitor): void {
  const last = Math.min(canvas.lastRow, layout.depths - 1);
  for (let row = Math.max(0, canvas.firstRow); row <= last; row += 1) visitRow(layout, canvas, row, visitor);
}

function visitRow(layout: FlameLayout, canvas: Canvas, row: number, { frame, stripe }: Visitor): void {
  const { view, widthPx } = canvas;
  const scale = widthPx / (view.to - view.from);
  const end = layout.rowStart[row + 1]!;
  let at = firstEndingAfter(layout, row, view.from);
  while (at < end) {
    const node = layout.rowNodes[at]!;
    const left = layout.x[node]!;
    if (left >= view.to) return;
    const xPx = (left - view.from) * scale;
    const nodePx = layout.width[node]! * scale;
    if (nodePx >= NARROW_PX) {
      frame(node, row, xPx, nodePx);
      at += 1;
    } else {
      const pixelEnd = view.from + (Math.floor(xPx) + 1) / scale;
      const next = Math.max(at + 1, firstEndingAfter(layout, row, pixelEnd));
      if (layout.width[node]! > 0) stripe(row, Math.floor(xPx), 1);
      at = next;
    }
  }
}

/** Index into rowNodes of the first node of a row whose right edge lies after `x`; the row's end if none. */
function firstEndingAfter(layout: FlameLayout, row: number, x: number): number {
  let low = layout.rowStart[row]!;
  let high = layout.rowStart[row + 1]!;
  while (low < high) {
    const middle = (low + high) >> 1;
    const node = layout.rowNodes[middle]!;
    if (layout.x[node]! + layout.width[node]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The frame at a place of the canvas, or null between frames. */
export function frameAt(layout: FlameLayout, row: number, x: number): number | null {
  if (row < 0 || row >= layout.depths) return null;
  const at = firstEndingAfter(layout, row, x);
  if (at >= layout.rowStart[row + 1]!) return null;
  const node = layout.rowNodes[at]!;
  return layout.x[node]! <= x ? node : null;
}

/** What the canvas shows when a frame is in focus: that frame as wide as the canvas, its callers above it. */
export function viewOf(layout: FlameLayout, focus: number | null): View {
  const from = focus === null ? 0 : layout.x[focus]!;
  const width = focus === null ? layout.total : layout.width[focus]!;
  return { from, to: from + (width > 0 ? width : 1) };
}

export type Step = "up" | "down" | "left" | "right" | "first";

/** Where an arrow key leads: to the caller, the heaviest callee, or the neighbour on the same row. */
export function walk(layout: FlameLayout, node: number, step: Step): number {
  switch (step) {
    case "up":
      return Math.max(0, layout.parent[node]!);
    case "down":
      return layout.childStart[node]! < layout.childStart[node + 1]!
        ? layout.childNodes[layout.childStart[node]!]!
        : node;
    case "left":
      return neighbour(layout, node, -1);
    case "right":
      return neighbour(layout, node, 1);
    case "first":
      return 0;
  }
}

function neighbour(layout: FlameLayout, node: number, by: 1 | -1): number {
  const row = layout.depth[node]!;
  const from = layout.rowStart[row]!;
  const to = layout.rowStart[row + 1]!;
  const at = layout.rowNodes.subarray(from, to).indexOf(node) + by;
  return at >= 0 && at < to - from ? layout.rowNodes[from + at]! : node;
}

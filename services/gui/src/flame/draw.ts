import type { Tree } from "../api/shapes";
import type { FlamePalette } from "./colour";
import type { Matches } from "./facts";
import type { FlameLayout } from "./layout";
import type { View } from "./rows";
import { visitVisible } from "./rows";

export const ROW_PX = 20;
const TEXT_PX = 11;
const PAD_PX = 5;

export const FLAME_TOKENS = [
  "flame-lightness",
  "flame-chroma",
  "flame-text",
  "flame-stripe",
  "flame-gap",
  "bg-raised",
  "accent",
  "text",
  "mono",
] as const;
export type FlameTokens = Record<(typeof FLAME_TOKENS)[number], string>;

export interface FlameScene {
  tree: Tree;
  layout: FlameLayout;
  palette: FlamePalette;
  tokens: FlameTokens;
  width: number;
  height: number;
  scrollPx: number;
  view: View;
  rootLabel: string;
  focus: number | null;
  selected: number | null;
  hovered: number | null;
  matches: Matches | null;
}

type Context = CanvasRenderingContext2D;

export function drawFlame(context: Context, scene: FlameScene): void {
  const { layout, tokens, width, height, scrollPx, view } = scene;
  context.font = `${TEXT_PX}px ${tokens.mono}`;
  context.textBaseline = "middle";
  // No ligatures: "::" stays two characters, and every character is as wide as the next.
  context.textRendering = "optimizeSpeed";
  const charPx = context.measureText("m").width;
  const firstRow = Math.floor(scrollPx / ROW_PX);
  const lastRow = Math.ceil((scrollPx + height) / ROW_PX);
  visitVisible(
    layout,
    { view, widthPx: width, firstRow, lastRow },
    {
      frame: (node, row, x, nodeWidth) => {
        const left = Math.max(x, 0);
        const right = Math.min(x + nodeWidth, width);
        drawFrame(context, scene, { node, x: left, y: row * ROW_PX - scrollPx, width: right - left }, charPx);
      },
      stripe: (row, x, stripe) => {
        context.fillStyle = tokens["flame-stripe"];
        context.fillRect(x, row * ROW_PX - scrollPx, stripe, ROW_PX - 1);
      },
    },
  );
  for (const node of [scene.hovered, scene.selected]) if (node !== null) outline(context, scene, node);
}

interface Box {
  node: number;
  x: number;
  y: number;
  width: number;
}

function drawFrame(context: Context, scene: FlameScene, { node, x, y, width }: Box, charPx: number): void {
  const { tokens, palette, matches } = scene;
  context.globalAlpha = opacity(scene, node);
  context.fillStyle = node === 0 ? tokens["bg-raised"] : matches?.node[node] === 1 ? tokens.accent : palette.fill(node);
  // A gap of one pixel between neighbours, as long as there is room for it.
  context.fillRect(x, y, width > 2 ? width - 1 : width, ROW_PX - 1);
  const chars = Math.floor((width - 2 * PAD_PX) / charPx);
  if (chars >= 2) {
    context.globalAlpha = Math.max(context.globalAlpha, 0.75);
    context.fillStyle = textColour(scene, node);
    context.fillText(shorten(labelOf(scene, node), chars), x + PAD_PX, y + ROW_PX / 2);
  }
  context.globalAlpha = 1;
}

/** Callers of the focused frame step back; with a search, so does what does not match. */
function opacity({ layout, focus, matches }: FlameScene, node: number): number {
  if (matches !== null && matches.node[node] !== 1 && node !== 0) return 0.35;
  return focus !== null && layout.depth[node]! < layout.depth[focus]! ? 0.55 : 1;
}

function textColour({ tokens, matches }: FlameScene, node: number): string {
  if (node === 0) return tokens.text;
  return matches?.node[node] === 1 ? tokens["flame-gap"] : tokens["flame-text"];
}

function labelOf({ tree, rootLabel }: FlameScene, node: number): string {
  return node === 0 ? rootLabel : (tree.strings[tree.name[node]!] ?? "");
}

function shorten(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars - 1)}…`;
}

function outline(context: Context, { layout, view, width, scrollPx, tokens }: FlameScene, node: number): void {
  const scale = width / (view.to - view.from);
  const left = Math.max((layout.x[node]! - view.from) * scale, 0);
  const right = Math.min((layout.x[node]! + layout.width[node]! - view.from) * scale, width);
  if (right <= left) return;
  context.strokeStyle = tokens.accent;
  context.lineWidth = 2;
  context.strokeRect(left + 1, layout.depth[node]! * ROW_PX - scrollPx + 1, Math.max(right - left - 3, 1), ROW_PX - 3);
  context.lineWidth = 1;
}

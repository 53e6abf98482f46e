import type { Timeline, Weight } from "../api/shapes";
import type { TimeWindow } from "../question/question";

/**
 * The lanes of the timeline, from top to bottom:
 *
 *     memory    live bytes (area), resident memory (line), limit (dashed)
 *     rate      what was allocated per second (bars)
 *     axis      time since the start
 *     overview  live bytes of the whole run; the shown window stands out
 */
export const LANES = {
  left: 72,
  right: 16,
  memory: { top: 8, height: 112 },
  rate: { top: 128, height: 36 },
  axis: { top: 166, height: 18 },
  overview: { top: 188, height: 24 },
  height: 216,
} as const;

export const TIMELINE_TOKENS = [
  "bg",
  "line",
  "line-strong",
  "text",
  "text-muted",
  "accent",
  "live",
  "live-fill",
  "allocated",
  "freed",
  "rss",
  "limit",
  "font",
] as const;
export type Tokens = Record<(typeof TIMELINE_TOKENS)[number], string>;

/** Everything that a picture of the timeline depends on. */
export interface Scene {
  width: number;
  tokens: Tokens;
  weight: Weight;
  timeline: Timeline;
  whole: Timeline;
  /** What the memory and rate lanes show. */
  view: TimeWindow;
  durationNs: number;
  atNs: number | null;
  hoverNs: number | null;
  drag: TimeWindow | null;
}

export interface Lane {
  top: number;
  height: number;
}

export type Context = CanvasRenderingContext2D;

/** Place of a moment on the canvas. */
export function toX({ fromNs, toNs }: TimeWindow, width: number, ns: number): number {
  return LANES.left + ((ns - fromNs) / (toNs - fromNs)) * plotWidth(width);
}

/** The moment at a place of the canvas, kept inside the window. */
export function toNs({ fromNs, toNs: end }: TimeWindow, width: number, x: number): number {
  const share = Math.min(1, Math.max(0, (x - LANES.left) / plotWidth(width)));
  return fromNs + share * (end - fromNs);
}

export const plotWidth = (width: number): number => Math.max(1, width - LANES.left - LANES.right);

import type { Timeline, Weight } from "../api/shapes";
import { formatBytes, formatCompact, formatMoment } from "../format/format";
import type { TimeWindow } from "../question/question";
import { timeTicks, valueTicks } from "./scale";

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

interface Lane {
  top: number;
  height: number;
}

type Context = CanvasRenderingContext2D;

/** Place of a moment on the canvas. */
export function toX({ fromNs, toNs }: TimeWindow, width: number, ns: number): number {
  return LANES.left + ((ns - fromNs) / (toNs - fromNs)) * plotWidth(width);
}

/** The moment at a place of the canvas, kept inside the window. */
export function toNs({ fromNs, toNs: end }: TimeWindow, width: number, x: number): number {
  const share = Math.min(1, Math.max(0, (x - LANES.left) / plotWidth(width)));
  return fromNs + share * (end - fromNs);
}

const plotWidth = (width: number): number => Math.max(1, width - LANES.left - LANES.right);

export function drawTimeline(context: Context, scene: Scene): void {
  context.font = `11px ${scene.tokens.font}`;
  context.textBaseline = "middle";
  drawTimeAxis(context, scene);
  drawMemory(context, scene);
  drawRate(context, scene);
  drawOverview(context, scene);
  drawMarks(context, scene);
}

function drawTimeAxis(context: Context, { view, width, tokens }: Scene): void {
  const { stepNs, ticks } = timeTicks(view, Math.max(2, Math.floor(plotWidth(width) / 110)));
  context.textAlign = "center";
  for (const tick of ticks) {
    const x = Math.round(toX(view, width, tick)) + 0.5;
    context.strokeStyle = tokens.line;
    line(context, x, LANES.memory.top, x, LANES.rate.top + LANES.rate.height);
    const label = formatMoment(tick, stepNs);
    const half = context.measureText(label).width / 2;
    if (x - half < LANES.left - 24 || x + half > width) continue;
    context.fillStyle = tokens["text-muted"];
    context.fillText(label, x, LANES.axis.top + LANES.axis.height / 2);
  }
}

function drawMemory(context: Context, scene: Scene): void {
  const { timeline, weight, tokens } = scene;
  const bytes = weight === "bytes";
  const live = bytes ? timeline.liveBytes : timeline.liveAllocations;
  const resident = bytes ? timeline.residentBytes : [];
  const peak = bytes ? timeline.peakLiveBytes : [];
  const highest = Math.max(maximum(live), maximum(peak), maximum(resident), 1);
  const limit = bytes ? maximum(timeline.limitBytes) : 0;
  // A limit far above everything would press the curves flat: then it is named, not drawn.
  const drawLimit = limit > 0 && limit < highest * 4;
  const max = Math.max(highest, drawLimit ? limit : 0) * 1.05;
  drawValueAxis(context, scene, { lane: LANES.memory, max, most: 4, format: bytes ? formatBytes : formatCompact });
  inLane(context, scene, LANES.memory, () => {
    fillSeries(context, scene, peak, { lane: LANES.memory, max, color: tokens["live-fill"], alpha: 0.5 });
    fillSeries(context, scene, live, { lane: LANES.memory, max, color: tokens["live-fill"], alpha: 1 });
    strokeSeries(context, scene, live, { lane: LANES.memory, max, color: tokens.live });
    strokeSeries(context, scene, resident, { lane: LANES.memory, max, color: tokens.rss });
    if (drawLimit) {
      context.setLineDash([6, 4]);
      strokeSeries(context, scene, timeline.limitBytes, { lane: LANES.memory, max, color: tokens.limit });
      context.setLineDash([]);
    }
  });
}

function drawRate(context: Context, scene: Scene): void {
  const { timeline, weight, tokens, view, width } = scene;
  const bytes = weight === "bytes";
  const rate = bytes ? timeline.allocatedBytesPerSecond : timeline.allocationsPerSecond;
  const max = Math.max(maximum(rate), 1);
  const format = (value: number): string => `${bytes ? formatBytes(value) : formatCompact(value)}/s`;
  drawValueAxis(context, scene, { lane: LANES.rate, max, most: 1, format });
  inLane(context, scene, LANES.rate, () => {
    context.fillStyle = tokens.allocated;
    let left = toX(view, width, timeline.fromNs);
    for (let index = 0; index < rate.length; index += 1) {
      const right = toX(view, width, timeline.timeNs[index]!);
      const height = (rate[index]! / max) * LANES.rate.height;
      if (height > 0) {
        const shown = Math.max(height, 1);
        context.fillRect(left, LANES.rate.top + LANES.rate.height - shown, Math.max(right - left, 0.75), shown);
      }
      left = right;
    }
  });
}

function drawOverview(context: Context, scene: Scene): void {
  const { whole, width, tokens, durationNs, view } = scene;
  const lane = LANES.overview;
  const all = { fromNs: 0, toNs: durationNs };
  const max = Math.max(maximum(whole.liveBytes), 1) * 1.1;
  const overview = { ...scene, view: all, timeline: whole };
  inLane(context, overview, lane, () => {
    fillSeries(context, overview, whole.liveBytes, { lane, max, color: tokens["live-fill"], alpha: 1 });
    strokeSeries(context, overview, whole.liveBytes, { lane, max, color: tokens.live });
  });
  const from = toX(all, width, view.fromNs);
  const to = Math.max(toX(all, width, view.toNs), from + 2);
  context.fillStyle = tokens.bg;
  context.globalAlpha = 0.65;
  context.fillRect(LANES.left, lane.top, from - LANES.left, lane.height);
  context.fillRect(to, lane.top, width - LANES.right - to, lane.height);
  context.globalAlpha = 1;
  context.strokeStyle = tokens["line-strong"];
  context.strokeRect(LANES.left + 0.5, lane.top + 0.5, plotWidth(width) - 1, lane.height - 1);
  if (view.fromNs <= 0 && view.toNs >= durationNs) return;
  context.strokeStyle = tokens.accent;
  context.lineWidth = 1.5;
  context.strokeRect(from, lane.top + 0.5, to - from, lane.height - 1);
  context.lineWidth = 1;
}

/** What the reader points at: the dragged window, the chosen moment, the moment under the pointer. */
function drawMarks(context: Context, { view, width, tokens, drag, atNs, hoverNs }: Scene): void {
  const bottom = LANES.rate.top + LANES.rate.height;
  if (drag !== null) {
    const from = toX(view, width, drag.fromNs);
    const to = toX(view, width, drag.toNs);
    context.fillStyle = tokens.accent;
    context.globalAlpha = 0.14;
    context.fillRect(from, LANES.memory.top, to - from, bottom - LANES.memory.top);
    context.globalAlpha = 1;
    context.strokeStyle = tokens.accent;
    for (const x of [from, to]) line(context, x, LANES.memory.top, x, bottom);
  }
  if (atNs !== null && atNs >= view.fromNs && atNs <= view.toNs) drawMoment(context, toX(view, width, atNs), tokens.accent);
  if (hoverNs !== null && drag === null) {
    const x = Math.round(toX(view, width, hoverNs)) + 0.5;
    context.strokeStyle = tokens["text-muted"];
    context.setLineDash([2, 3]);
    line(context, x, LANES.memory.top, x, bottom);
    context.setLineDash([]);
  }
}

function drawMoment(context: Context, x: number, color: string): void {
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = 1.5;
  line(context, x, LANES.memory.top, x, LANES.rate.top + LANES.rate.height);
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x - 5, LANES.memory.top - 6);
  context.lineTo(x + 5, LANES.memory.top - 6);
  context.lineTo(x, LANES.memory.top + 2);
  context.fill();
}

interface ValueAxis {
  lane: Lane;
  max: number;
  most: number;
  format: (value: number) => string;
}

function drawValueAxis(context: Context, { width, tokens, weight }: Scene, axis: ValueAxis): void {
  const { lane, max, most, format } = axis;
  const ticks = most === 1 ? [0, max] : valueTicks(max, most, weight === "bytes");
  context.textAlign = "right";
  for (const tick of ticks) {
    const y = Math.round(lane.top + lane.height - (tick / max) * lane.height) + 0.5;
    context.strokeStyle = tick === 0 ? tokens["line-strong"] : tokens.line;
    line(context, LANES.left, y, width - LANES.right, y);
    if (tick === 0) continue;
    context.fillStyle = tokens["text-muted"];
    context.fillText(format(tick), LANES.left - 8, Math.max(y, lane.top + 4));
  }
}

interface Series {
  lane: Lane;
  max: number;
  color: string;
  alpha?: number;
}

type Values = readonly (number | null)[];

function fillSeries(context: Context, scene: Scene, values: Values, series: Series): void {
  if (values.length === 0) return;
  const { lane } = series;
  const bottom = lane.top + lane.height;
  context.beginPath();
  context.moveTo(toX(scene.view, scene.width, scene.timeline.fromNs), bottom);
  trace(context, scene, values, series);
  context.lineTo(toX(scene.view, scene.width, scene.timeline.timeNs.at(-1) ?? scene.view.toNs), bottom);
  context.globalAlpha = series.alpha ?? 1;
  context.fillStyle = series.color;
  context.fill();
  context.globalAlpha = 1;
}

function strokeSeries(context: Context, scene: Scene, values: Values, series: Series): void {
  context.beginPath();
  trace(context, scene, values, series);
  context.strokeStyle = series.color;
  context.lineWidth = 1.25;
  context.lineJoin = "round";
  context.stroke();
  context.lineWidth = 1;
}

/** Lines between known values; what was not sampled is bridged. */
function trace(context: Context, { view, width, timeline }: Scene, values: Values, { lane, max }: Series): void {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (value == null) continue;
    const y = lane.top + lane.height - (value / max) * lane.height;
    context.lineTo(toX(view, width, timeline.timeNs[index]!), y);
  }
}

function inLane(context: Context, { width }: Scene, lane: Lane, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(LANES.left, lane.top - 1, plotWidth(width), lane.height + 2);
  context.clip();
  draw();
  context.restore();
}

function line(context: Context, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

function maximum(values: Values): number {
  let max = 0;
  for (const value of values) if (value !== null && value > max) max = value;
  return max;
}

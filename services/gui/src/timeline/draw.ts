import { formatBytes, formatCompact, formatMoment } from "../format/format";
import type { Context, Lane, Scene } from "./lanes";
import { LANES, plotWidth, toX } from "./lanes";
import { timeTicks, valueTicks } from "./scale";
import { notesOf } from "./notes";
import { fillSeries, horizontal, inLane, maximum, strokeSeries, vertical } from "./series";

export function drawTimeline(context: Context, scene: Scene): void {
  context.font = `11px ${scene.tokens.font}`;
  context.textBaseline = "middle";
  drawTimeAxis(context, scene);
  drawMemory(context, scene);
  drawRate(context, scene);
  drawOverview(context, scene);
  drawNotes(context, scene);
  drawMarks(context, scene);
}

function drawTimeAxis(context: Context, { view, width, tokens }: Scene): void {
  const { stepNs, ticks } = timeTicks(view, Math.max(2, Math.floor(plotWidth(width) / 110)));
  context.textAlign = "center";
  for (const tick of ticks) {
    const x = Math.round(toX(view, width, tick)) + 0.5;
    context.strokeStyle = tokens.line;
    vertical(context, x, LANES.memory.top, LANES.rate.top + LANES.rate.height);
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
  const anonymous = bytes ? timeline.anonymousBytes : [];
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
    context.setLineDash([2, 2]);
    strokeSeries(context, scene, anonymous, { lane: LANES.memory, max, color: tokens.rss });
    context.setLineDash([]);
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

/** Changes of the mode and markers: a dashed line with its name at the top, as far as there is room for names. */
function drawNotes(context: Context, { timeline, view, width, tokens }: Scene): void {
  const bottom = LANES.rate.top + LANES.rate.height;
  let free = LANES.left;
  context.textAlign = "left";
  for (const { ns, text } of notesOf(timeline)) {
    if (ns < view.fromNs || ns > view.toNs) continue;
    const x = Math.round(toX(view, width, ns)) + 0.5;
    context.strokeStyle = tokens["line-strong"];
    context.setLineDash([3, 3]);
    vertical(context, x, LANES.memory.top, bottom);
    context.setLineDash([]);
    if (x < free) continue;
    context.fillStyle = tokens["text-muted"];
    context.fillText(text, x + 4, LANES.memory.top + 7);
    free = x + 12 + context.measureText(text).width;
  }
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
    for (const x of [from, to]) vertical(context, x, LANES.memory.top, bottom);
  }
  if (atNs !== null && atNs >= view.fromNs && atNs <= view.toNs)
    drawMoment(context, toX(view, width, atNs), tokens.accent);
  if (hoverNs !== null && drag === null) {
    const x = Math.round(toX(view, width, hoverNs)) + 0.5;
    context.strokeStyle = tokens["text-muted"];
    context.setLineDash([2, 3]);
    vertical(context, x, LANES.memory.top, bottom);
    context.setLineDash([]);
  }
}

function drawMoment(context: Context, x: number, color: string): void {
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = 1.5;
  vertical(context, x, LANES.memory.top, LANES.rate.top + LANES.rate.height);
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
    horizontal(context, y, LANES.left, width - LANES.right);
    if (tick === 0) continue;
    context.fillStyle = tokens["text-muted"];
    context.fillText(format(tick), LANES.left - 8, Math.max(y, lane.top + 4));
  }
}

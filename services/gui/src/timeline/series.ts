import type { Context, Lane, Scene } from "./lanes";
import { LANES, plotWidth, toX } from "./lanes";

/** How one curve is drawn. */
export interface Series {
  lane: Lane;
  max: number;
  color: string;
  alpha?: number;
}

export type Values = readonly (number | null)[];

export function fillSeries(context: Context, scene: Scene, values: Values, series: Series): void {
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

export function strokeSeries(context: Context, scene: Scene, values: Values, series: Series): void {
  context.beginPath();
  trace(context, scene, values, series);
  context.strokeStyle = series.color;
  context.lineWidth = 1.25;
  context.lineJoin = "round";
  context.stroke();
  context.lineWidth = 1;
}

/** Lines between known values; what was not sampled is bridged. A window in the middle of a run starts with what was there. */
function trace(context: Context, { view, width, timeline }: Scene, values: Values, { lane, max }: Series): void {
  const first = values.find((value) => value !== null);
  if (timeline.fromNs > 0 && first !== undefined)
    context.lineTo(toX(view, width, timeline.fromNs), lane.top + lane.height - (first / max) * lane.height);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (value === null || value === undefined) continue;
    const y = lane.top + lane.height - (value / max) * lane.height;
    context.lineTo(toX(view, width, timeline.timeNs[index]!), y);
  }
}

export function inLane(context: Context, { width }: Scene, lane: Lane, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(LANES.left, lane.top - 1, plotWidth(width), lane.height + 2);
  context.clip();
  draw();
  context.restore();
}

export function vertical(context: Context, x: number, top: number, bottom: number): void {
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, bottom);
  context.stroke();
}

export function horizontal(context: Context, y: number, left: number, right: number): void {
  context.beginPath();
  context.moveTo(left, y);
  context.lineTo(right, y);
  context.stroke();
}

export function maximum(values: Values): number {
  let max = 0;
  for (const value of values) if (value !== null && value > max) max = value;
  return max;
}

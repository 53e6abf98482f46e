import type { Question, TimeWindow } from "../question/question";

/** Narrower than this a window is not worth having: events have microsecond spacing. */
const MIN_WINDOW_NS = 1000;

/** Keeps a window inside the run, its width as far as it fits, in whole nanoseconds; null when it is the whole run. */
export function clampWindow(window: TimeWindow, durationNs: number): TimeWindow | null {
  const width = Math.min(Math.max(window.toNs - window.fromNs, MIN_WINDOW_NS), durationNs);
  const fromNs = Math.min(Math.max(window.fromNs, 0), durationNs - width);
  if (width >= durationNs) return null;
  return { fromNs: Math.round(fromNs), toNs: Math.round(fromNs + width) };
}

/** Moves by a share of the width: `[` and `]`. */
export function moveWindow(window: TimeWindow | null, durationNs: number, by: number): TimeWindow | null {
  if (window === null) return null;
  const step = (window.toNs - window.fromNs) * by;
  return clampWindow({ fromNs: window.fromNs + step, toNs: window.toNs + step }, durationNs);
}

/** Scales the width around a moment (or the middle): `+` and `-`. */
export function zoomWindow(
  question: Pick<Question, "window" | "atNs">,
  durationNs: number,
  factor: number,
): TimeWindow | null {
  const { fromNs, toNs } = question.window ?? { fromNs: 0, toNs: durationNs };
  const middle =
    question.atNs !== null && question.atNs >= fromNs && question.atNs <= toNs ? question.atNs : (fromNs + toNs) / 2;
  const half = ((toNs - fromNs) * factor) / 2;
  return clampWindow({ fromNs: middle - half, toNs: middle + half }, durationNs);
}

/** The window between two ends of a drag. */
export function dragWindow(startNs: number, endNs: number, durationNs: number): TimeWindow | null {
  const fromNs = Math.max(0, Math.min(startNs, endNs));
  return clampWindow({ fromNs, toNs: Math.min(durationNs, Math.max(startNs, endNs)) }, durationNs);
}

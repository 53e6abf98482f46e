"use client";
import type { PointerEvent, ReactNode } from "react";
import { useEffect, useRef, useState } from "react";
import type { Timeline, Weight } from "../api/shapes";
import type { TimeWindow } from "../question/question";
import { prepareCanvas } from "../ui/canvas";
import { readTokens, useTheme } from "../ui/theme";
import { useSize } from "../ui/use-size";
import { drawTimeline } from "./draw";
import { LANES, TIMELINE_TOKENS, toNs } from "./lanes";
import styles from "./timeline.module.css";
import { clampWindow, dragWindow } from "./window";

/** A drag shorter than this is a click. */
const DRAG_PX = 4;

interface TimelineCanvasProps {
  timeline: Timeline;
  whole: Timeline;
  view: TimeWindow;
  durationNs: number;
  weight: Weight;
  atNs: number | null;
  label: string;
  onHover: (ns: number | null) => void;
  /** The window while it is being dragged, null when the drag is over. */
  onPreview: (window: TimeWindow | null) => void;
  onWindow: (window: TimeWindow | null) => void;
  onMoment: (ns: number) => void;
}

/** One gesture: choosing a window in the chart or in the overview, or moving the window within the overview. */
interface Gesture {
  kind: "chart" | "overview" | "move";
  startX: number;
  startNs: number;
  moved: boolean;
}

export function TimelineCanvas(props: TimelineCanvasProps): ReactNode {
  const { timeline, whole, view, durationNs, weight, atNs, label } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const gesture = useRef<Gesture | null>(null);
  const [hoverNs, setHoverNs] = useState<number | null>(null);
  const [drag, setDrag] = useState<TimeWindow | null>(null);
  const { width } = useSize(box);
  const theme = useTheme();

  useEffect(() => {
    if (canvas.current === null || width === 0) return;
    const context = prepareCanvas(canvas.current, width, LANES.height);
    if (context === null) return;
    const tokens = readTokens(TIMELINE_TOKENS);
    drawTimeline(context, { width, tokens, weight, timeline, whole, view, durationNs, atNs, hoverNs, drag });
  }, [width, theme, weight, timeline, whole, view, durationNs, atNs, hoverNs, drag]);

  const all = { fromNs: 0, toNs: durationNs };
  const hover = (ns: number | null): void => {
    setHoverNs(ns);
    props.onHover(ns);
  };
  const preview = (window: TimeWindow | null): void => {
    setDrag(window);
    props.onPreview(window);
  };
  const down = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const { x, y } = place(event);
    const overview = y >= LANES.overview.top - 2;
    const startNs = toNs(overview ? all : view, width, x);
    const inside = startNs >= view.fromNs && startNs <= view.toNs && view.toNs - view.fromNs < durationNs;
    gesture.current = { kind: overview ? (inside ? "move" : "overview") : "chart", startX: x, startNs, moved: false };
  };
  const move = (event: PointerEvent<HTMLCanvasElement>): void => {
    const { x, y } = place(event);
    const now = gesture.current;
    if (now === null) return hover(y < LANES.overview.top - 2 && x >= LANES.left ? toNs(view, width, x) : null);
    now.moved ||= Math.abs(x - now.startX) >= DRAG_PX;
    if (!now.moved) return;
    preview(windowOf(now, x));
  };
  const windowOf = (now: Gesture, x: number): TimeWindow | null => {
    if (now.kind === "chart") return dragWindow(now.startNs, toNs(view, width, x), durationNs);
    const ns = toNs(all, width, x);
    if (now.kind === "overview") return dragWindow(now.startNs, ns, durationNs);
    const by = ns - now.startNs;
    return clampWindow({ fromNs: view.fromNs + by, toNs: view.toNs + by }, durationNs);
  };
  const up = (event: PointerEvent<HTMLCanvasElement>): void => {
    const now = gesture.current;
    gesture.current = null;
    if (now === null) return;
    const { x } = place(event);
    preview(null);
    if (now.moved) props.onWindow(windowOf(now, x));
    else if (now.kind === "chart") props.onMoment(Math.round(now.startNs));
  };
  const cancel = (): void => {
    gesture.current = null;
    preview(null);
  };

  return (
    <div ref={box} className={styles.canvasBox} style={{ height: LANES.height }}>
      <canvas
        ref={canvas}
        className={styles.canvas}
        role="img"
        aria-label={label}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={cancel}
        onPointerLeave={() => hover(null)}
        onDoubleClick={() => props.onWindow(null)}
      />
    </div>
  );
}

function place(event: PointerEvent<HTMLCanvasElement>): { x: number; y: number } {
  const box = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

"use client";
import type { KeyboardEvent, MouseEvent, ReactNode, RefObject } from "react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Tree, Weight } from "../api/shapes";
import { prepareCanvas } from "../ui/canvas";
import { readTokens, useTheme } from "../ui/theme";
import { useSize } from "../ui/use-size";
import { flamePalette } from "./colour";
import { drawFlame, FLAME_TOKENS, ROW_PX } from "./draw";
import type { Matches } from "./facts";
import styles from "./flame.module.css";
import type { FlameLayout } from "./layout";
import type { Step } from "./rows";
import { frameAt, walk } from "./rows";
import { FrameTip } from "./frame-tip";
import { useFlameView } from "./use-view";

interface FlameGraphProps {
  tree: Tree;
  layout: FlameLayout;
  weight: Weight;
  focus: number | null;
  selected: number | null;
  matches: Matches | null;
  rootLabel: string;
  label: string;
  onSelect: (node: number) => void;
  onFocus: (node: number | null) => void;
}

const steps: Partial<Record<string, Step>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  Home: "first",
};

/** An icicle on a canvas: the root on top, what it calls below. The stacks table shows the same data for screen readers. */
export function FlameGraph(props: FlameGraphProps): ReactNode {
  const { tree, layout, weight, focus, selected, matches, rootLabel, label, onSelect, onFocus } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(scroller);
  const [scrollPx, setScrollPx] = useState(0);
  const [hover, setHover] = useState<{ node: number; x: number; y: number } | null>(null);
  const theme = useTheme();
  const view = useFlameView(layout, focus);
  const hovered = hover !== null && hover.node < layout.nodes ? hover.node : null;

  // The theme is what the tokens and so the palette depend on.
  const paint = useMemo(() => {
    if (typeof document === "undefined") return null;
    const tokens = { ...readTokens(FLAME_TOKENS), theme };
    return { tokens, palette: flamePalette(tree, tokens["flame-lightness"], tokens["flame-chroma"]) };
  }, [tree, theme]);

  useEffect(() => {
    if (canvas.current === null || paint === null || width === 0) return;
    const context = prepareCanvas(canvas.current, width, height);
    if (context === null) return;
    drawFlame(context, {
      ...paint,
      tree,
      layout,
      width,
      height,
      scrollPx,
      view,
      rootLabel,
      focus,
      selected,
      hovered,
      matches,
    });
  }, [paint, tree, layout, width, height, scrollPx, view, rootLabel, focus, selected, hovered, matches]);

  useScrollToRow(scroller, selected === null ? null : layout.depth[selected]!);

  const nodeAt = (event: MouseEvent): number | null => {
    const box = event.currentTarget.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top + scrollPx) / ROW_PX);
    return frameAt(layout, row, view.from + ((event.clientX - box.left) / width) * (view.to - view.from));
  };
  const point = (event: MouseEvent): void => {
    const node = nodeAt(event);
    setHover(node === null ? null : { node, x: event.clientX, y: event.clientY });
  };
  const click = (event: MouseEvent): void => {
    const node = nodeAt(event);
    if (node === null || event.button !== 0) return;
    onSelect(node);
    onFocus(node === 0 || node === focus ? null : node);
  };
  const press = (event: KeyboardEvent): void => {
    const at = selected ?? focus ?? 0;
    const step = steps[event.key];
    if (step !== undefined) onSelect(walk(layout, at, step));
    else if (event.key === "Enter") onFocus(at === 0 ? null : at);
    else if (event.key === "Escape") {
      // Always asked for: a focus set a moment ago is in the address before it is in this render.
      onFocus(null);
      if (focus === null) return;
    } else return;
    event.preventDefault();
    event.nativeEvent.stopImmediatePropagation();
  };

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      onScroll={(event) => setScrollPx(event.currentTarget.scrollTop)}
      onKeyDown={press}
    >
      <canvas
        ref={canvas}
        className={styles.canvas}
        style={{ height: Math.max(height, 1), cursor: hovered === null ? "default" : "pointer" }}
        role="application"
        aria-roledescription="flame graph"
        aria-label={label}
        tabIndex={0}
        onPointerMove={point}
        onPointerLeave={() => setHover(null)}
        onClick={click}
      />
      <div style={{ height: Math.max(0, layout.depths * ROW_PX - height) }} />
      <p className="hh-visually-hidden" role="status">
        {selected === null ? "" : (tree.strings[tree.name[selected] ?? 0] ?? "")}
      </p>
      {hover !== null && hovered !== null && (
        <FrameTip tree={tree} weight={weight} node={hovered} x={hover.x} y={hover.y} />
      )}
    </div>
  );
}

/** Brings the row of the selected frame into view, with a few of its callers above it. */
function useScrollToRow(scroller: RefObject<HTMLDivElement | null>, row: number | null): void {
  useEffect(() => {
    const element = scroller.current;
    if (element === null || row === null) return;
    const top = row * ROW_PX;
    if (top < element.scrollTop || top + ROW_PX > element.scrollTop + element.clientHeight)
      element.scrollTop = Math.max(0, top - 3 * ROW_PX);
  }, [scroller, row]);
}

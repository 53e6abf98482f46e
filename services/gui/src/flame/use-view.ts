"use client";
import { useEffect, useRef, useState } from "react";
import type { FlameLayout } from "./layout";
import type { View } from "./rows";
import { viewOf } from "./rows";

const GLIDE_MS = 140;

/** The shown interval. A change of focus glides there, so the eye can follow; new data are shown at once. */
export function useFlameView(layout: FlameLayout, focus: number | null): View {
  const target = viewOf(layout, focus);
  const [gliding, setGliding] = useState<{ layout: FlameLayout; view: View } | null>(null);
  const shown = useRef({ layout, view: target });
  const { from, to } = target;
  useEffect(() => {
    const start = shown.current;
    if (start.layout !== layout || window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      shown.current = { layout, view: { from, to } };
      return;
    }
    if (start.view.from === from && start.view.to === to) return;
    const began = performance.now();
    let frame = 0;
    const step = (now: number): void => {
      const part = Math.min(1, Math.max(0, (now - began) / GLIDE_MS));
      const eased = 1 - (1 - part) ** 3;
      const view = {
        from: start.view.from + (from - start.view.from) * eased,
        to: start.view.to + (to - start.view.to) * eased,
      };
      shown.current = { layout, view: part < 1 ? view : { from, to } };
      setGliding(part < 1 ? shown.current : null);
      if (part < 1) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [layout, from, to]);
  return gliding?.layout === layout ? gliding.view : target;
}

"use client";
import { useEffect, useState } from "react";
import type { QuestionProblem } from "../api/queries";
import { useFields, useQuestionCheck } from "../api/queries";
import type { Hint } from "./hints";
import { hintsAt } from "./hints";

/** Checking waits until nobody has typed for this long. */
const SETTLE_MS = 150;

export interface FilterText {
  text: string;
  open: boolean;
  hints: readonly Hint[];
  /** Index of the hint that Enter takes; -1 for none. */
  active: number;
  problem: QuestionProblem | undefined;
  type: (text: string, cursor: number) => void;
  moveCursor: (cursor: number) => void;
  /** To the next or previous hint, around the ends. */
  move: (by: 1 | -1) => void;
  /** Inserts a hint; returns where the cursor belongs. */
  take: (index: number) => number;
  show: () => void;
  close: () => void;
}

/** What the filter box knows while somebody types. */
export function useFilterText(filter: string): FilterText {
  const [text, setText] = useState(filter);
  const [cursor, setCursor] = useState(filter.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const settled = useSettled(text);
  const check = useQuestionCheck(settled);
  const fields = useFields();
  // What is asked may change elsewhere: by back, by clicking a frame.
  useEffect(() => setText(filter), [filter]);

  const { from, hints } = hintsAt(text, cursor, fields.data ?? []);
  const type = (next: string, at: number): void => {
    setText(next);
    setCursor(at);
    setOpen(true);
    setActive(-1);
  };
  const move = (by: 1 | -1): void => {
    setOpen(true);
    const start = active < 0 && by < 0 ? 0 : active;
    setActive(hints.length === 0 ? -1 : (start + by + hints.length) % hints.length);
  };
  const take = (index: number): number => {
    const insert = `${hints[index]?.insert ?? ""} `;
    type(text.slice(0, from) + insert + text.slice(cursor).trimStart(), from + insert.length);
    return from + insert.length;
  };
  const checked = settled === text && text.trim() !== "" && check.data?.ok === false;
  return {
    text,
    open,
    hints,
    active,
    problem: checked ? check.data?.error : undefined,
    type,
    moveCursor: setCursor,
    move,
    take,
    show: () => setOpen(true),
    close: () => setOpen(false),
  };
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

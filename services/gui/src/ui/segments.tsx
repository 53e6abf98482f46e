"use client";
import type { KeyboardEvent, ReactNode } from "react";
import styles from "./ui.module.css";

export interface Segment<T extends string> {
  value: T;
  label: ReactNode;
  title?: string;
}

interface SegmentsProps<T extends string> {
  name: string;
  value: T;
  options: readonly Segment<T>[];
  onChange: (value: T) => void;
}

/** One choice of a few, always visible: a radio group whose arrow keys choose. */
export function Segments<T extends string>({ name, value, options, onChange }: SegmentsProps<T>): ReactNode {
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = options.findIndex((option) => option.value === value);
    const next = options[(at + by + options.length) % options.length];
    if (next === undefined) return;
    onChange(next.value);
    const buttons = event.currentTarget.querySelectorAll("button");
    buttons[options.indexOf(next)]?.focus();
  };
  return (
    <div className={styles.segments} role="radiogroup" aria-label={name} onKeyDown={move}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          className={styles.segment}
          aria-checked={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          title={option.title}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}

"use client";
import type { KeyboardEvent, ReactNode } from "react";
import { useId, useRef } from "react";
import { useKeys } from "../ui/keys";
import ui from "../ui/ui.module.css";
import { FilterPanel } from "./filter-panel";
import styles from "./process.module.css";
import { useFilterText } from "./use-filter-text";

interface FilterBoxProps {
  filter: string;
  onFilter: (filter: string) => void;
}

/** The question language, typed: fields and operators are offered, mistakes are shown where they are, Enter asks. */
export function FilterBox({ filter, onFilter }: FilterBoxProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const typed = useFilterText(filter);
  const { text, hints, active, open, problem } = typed;
  useKeys({ "/": () => input.current?.focus() });

  const take = (index: number): void => {
    const cursor = typed.take(index);
    requestAnimationFrame(() => input.current?.setSelectionRange(cursor, cursor));
  };
  const apply = (): void => {
    typed.close();
    if (problem === undefined) onFilter(text.trim());
  };
  const leave = (): void => {
    if (open) return typed.close();
    typed.type(filter, filter.length);
    typed.close();
    input.current?.blur();
  };
  const choose = (): boolean => {
    if (!open || active < 0) return false;
    take(active);
    return true;
  };
  const keys: Partial<Record<string, () => boolean>> = {
    ArrowDown: () => (typed.move(1), true),
    ArrowUp: () => (typed.move(-1), true),
    Tab: choose,
    Enter: () => choose() || (apply(), true),
    Escape: () => (leave(), true),
  };
  const press = (event: KeyboardEvent): void => {
    if (keys[event.key]?.() === true) event.preventDefault();
  };

  return (
    <div className={styles.filterBox}>
      <input
        ref={input}
        className={styles.filter}
        role="combobox"
        aria-label="Filter"
        aria-expanded={open && hints.length > 0}
        aria-controls={id}
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        aria-invalid={problem !== undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder={'Filter, for example: size >= 1KiB and function ~ "json"'}
        value={text}
        onChange={({ target }) => typed.type(target.value, target.selectionStart ?? target.value.length)}
        onSelect={({ currentTarget }) => typed.moveCursor(currentTarget.selectionStart ?? 0)}
        onFocus={typed.show}
        onBlur={typed.close}
        onKeyDown={press}
      />
      {text === "" ? (
        <span className={styles.filterKey} aria-hidden="true">
          <span className={ui.kbd}>/</span>
        </span>
      ) : (
        <button
          type="button"
          className={styles.clear}
          aria-label="Clear the filter"
          onClick={() => {
            typed.type("", 0);
            onFilter("");
          }}
        >
          ×
        </button>
      )}
      <FilterPanel id={id} text={text} problem={problem} hints={open ? hints : []} active={active} onTake={take} />
    </div>
  );
}

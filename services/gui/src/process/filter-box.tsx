"use client";
import type { KeyboardEvent, ReactNode } from "react";
import { useDeferredValue, useEffect, useId, useRef, useState } from "react";
import { useFields, useQuestionCheck } from "../api/queries";
import { useKeys } from "../ui/keys";
import ui from "../ui/ui.module.css";
import type { Hint } from "./hints";
import { hintsAt } from "./hints";
import styles from "./process.module.css";

interface FilterBoxProps {
  filter: string;
  onFilter: (filter: string) => void;
}

/** The question language, typed: fields and operators are offered, mistakes are shown where they are, Enter asks. */
export function FilterBox({ filter, onFilter }: FilterBoxProps): ReactNode {
  const [text, setText] = useState(filter);
  const [cursor, setCursor] = useState(filter.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const settled = useSettled(text);
  const check = useQuestionCheck(settled);
  const fields = useFields();
  // What is asked may change elsewhere: by back, by clicking a frame.
  useEffect(() => setText(filter), [filter]);
  useKeys({ "/": () => input.current?.focus() });

  const { from, hints } = useDeferredValue(open ? hintsAt(text, cursor, fields.data ?? []) : { from: 0, hints: [] });
  const problem = settled === text && text.trim() !== "" && check.data?.ok === false ? check.data.error : undefined;
  const take = (hint: Hint): void => {
    const next = `${text.slice(0, from)}${hint.insert} ${text.slice(cursor).trimStart()}`;
    setText(next);
    setActive(-1);
    setCursor(from + hint.insert.length + 1);
    requestAnimationFrame(() => input.current?.setSelectionRange(from + hint.insert.length + 1, from + hint.insert.length + 1));
  };
  const apply = (): void => {
    setOpen(false);
    if (problem === undefined) onFilter(text.trim());
  };
  const press = (event: KeyboardEvent): void => {
    const chosen = hints[active];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      setOpen(true);
      const by = event.key === "ArrowDown" ? 1 : -1;
      setActive(hints.length === 0 ? -1 : (active + by + hints.length + (active < 0 && by < 0 ? 1 : 0)) % hints.length);
    } else if (event.key === "Enter" && open && chosen !== undefined) take(chosen);
    else if (event.key === "Tab" && open && chosen !== undefined) take(chosen);
    else if (event.key === "Enter") apply();
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  };
  const leave = (): void => {
    if (open) return setOpen(false);
    setText(filter);
    input.current?.blur();
  };

  return (
    <div className={styles.filterBox}>
      <input
        ref={input}
        className={styles.filter}
        role="combobox"
        aria-label="Filter"
        aria-expanded={open && hints.length > 0}
        aria-controls={listId}
        aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
        aria-invalid={problem !== undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder={'Filter, for example: size >= 1KiB and function ~ "json"'}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setCursor(event.target.selectionStart ?? event.target.value.length);
          setOpen(true);
          setActive(-1);
        }}
        onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? 0)}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
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
            setText("");
            onFilter("");
          }}
        >
          ×
        </button>
      )}
      {(problem !== undefined || (open && hints.length > 0)) && (
        <div className={styles.filterPanel}>
          {problem !== undefined && <Problem text={text} message={problem.message} position={problem.position} />}
          {open && <HintList id={listId} hints={hints} active={active} onTake={take} />}
        </div>
      )}
    </div>
  );
}

function Problem({ text, message, position }: { text: string; message: string; position: number }): ReactNode {
  return (
    <p className={styles.problem} role="alert">
      <code>
        {text.slice(Math.max(0, position - 40), position)}
        <mark>{text.slice(position, position + 1).trim() || "␣"}</mark>
        {text.slice(position + 1, position + 40)}
      </code>
      <span>{message}</span>
    </p>
  );
}

interface HintListProps {
  id: string;
  hints: readonly Hint[];
  active: number;
  onTake: (hint: Hint) => void;
}

function HintList({ id, hints, active, onTake }: HintListProps): ReactNode {
  return (
    <ul id={id} className={styles.hints} role="listbox" aria-label="Suggestions">
      {hints.map((hint, index) => (
        <li
          key={hint.insert}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          onPointerDown={(event) => {
            event.preventDefault();
            onTake(hint);
          }}
        >
          <code>{hint.insert}</code>
          <span>{hint.about}</span>
          <code className={styles.example}>{hint.example}</code>
        </li>
      ))}
    </ul>
  );
}

/** The text once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 150);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

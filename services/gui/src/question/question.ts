import type { Measure, Weight } from "../api/shapes";

/**
 * The whole state of a process page. It lives in the URL, so back undoes and a copied link shows the same view:
 *
 *     ?measure=allocated&from=1200000000&to=2400000000&q=size >= 1KiB&focus=dbAdd@1b2c3d4e&tab=allocations&sort=-size
 *
 * What equals its default is not written.
 */
export interface Question {
  /** The part of the run that is shown; null = all of it, and growing while the process runs. */
  window: TimeWindow | null;
  /** The moment that `live` means; null = the end of the window. */
  atNs: number | null;
  measure: Measure;
  weight: Weight;
  /** In the question language. */
  filter: string;
  /** Flame graph from the allocation up instead of from main down. */
  invert: boolean;
  focus: FrameRef | null;
  /** Text that the flame graph highlights. */
  find: string;
  tab: Tab;
  /** Column of the open table; null = its default. */
  sort: Sort | null;
}

export interface TimeWindow {
  fromNs: number;
  toNs: number;
}

/** A frame of the flame graph by name and by the hash of its path from the root: stable when weights change. */
export interface FrameRef {
  name: string;
  path: number;
}

export interface Sort {
  key: string;
  descending: boolean;
}

export const MEASURES = ["live", "allocated", "freed", "leaked", "temporary"] as const satisfies readonly Measure[];
export const WEIGHTS = ["bytes", "count"] as const satisfies readonly Weight[];
export const TABS = ["stacks", "allocations", "maps", "ending", "modules", "threads", "losses"] as const;
export type Tab = (typeof TABS)[number];

export const DEFAULT_QUESTION: Question = {
  window: null,
  atNs: null,
  measure: "live",
  weight: "bytes",
  filter: "",
  invert: false,
  focus: null,
  find: "",
  tab: "stacks",
  sort: null,
};

/** What people or other programs wrote into the address: anything that makes no sense falls back to its default. */
export function parseQuestion(params: URLSearchParams): Question {
  return {
    window: parseWindow(params),
    atNs: parseNs(params.get("at")),
    measure: oneOf(MEASURES, params.get("measure")) ?? DEFAULT_QUESTION.measure,
    weight: oneOf(WEIGHTS, params.get("weight")) ?? DEFAULT_QUESTION.weight,
    filter: params.get("q") ?? "",
    invert: params.get("invert") === "1",
    focus: parseFocus(params.get("focus")),
    find: params.get("find") ?? "",
    tab: oneOf(TABS, params.get("tab")) ?? DEFAULT_QUESTION.tab,
    sort: parseSort(params.get("sort")),
  };
}

/** How each part is written; null = it equals its default. */
const written: Record<string, (question: Question) => string | null> = {
  measure: ({ measure }) => unless(measure, DEFAULT_QUESTION.measure),
  weight: ({ weight }) => unless(weight, DEFAULT_QUESTION.weight),
  from: ({ window }) => window && String(window.fromNs),
  to: ({ window }) => window && String(window.toNs),
  at: ({ atNs }) => (atNs === null ? null : String(atNs)),
  q: ({ filter }) => unless(filter, ""),
  invert: ({ invert }) => (invert ? "1" : null),
  focus: ({ focus }) => focus && `${focus.name}@${focus.path.toString(16)}`,
  find: ({ find }) => unless(find, ""),
  tab: ({ tab }) => unless(tab, DEFAULT_QUESTION.tab),
  sort: ({ sort }) => sort && (sort.descending ? "-" : "") + sort.key,
};

/** The inverse of `parseQuestion`; without a leading question mark. */
export function printQuestion(question: Question): string {
  const params = new URLSearchParams();
  for (const [name, print] of Object.entries(written)) {
    const value = print(question);
    if (value !== null) params.set(name, value);
  }
  return params.toString();
}

const unless = (value: string, usual: string): string | null => (value === usual ? null : value);

function parseWindow(params: URLSearchParams): TimeWindow | null {
  const fromNs = parseNs(params.get("from"));
  const toNs = parseNs(params.get("to"));
  return fromNs !== null && toNs !== null && fromNs < toNs ? { fromNs, toNs } : null;
}

function parseNs(text: string | null): number | null {
  return text !== null && /^\d{1,16}$/.test(text) ? Number(text) : null;
}

function parseFocus(text: string | null): FrameRef | null {
  const match = text === null ? null : /^(.*)@([0-9a-f]{1,8})$/s.exec(text);
  return match?.[2] === undefined ? null : { name: match[1] ?? "", path: Number.parseInt(match[2], 16) };
}

function parseSort(text: string | null): Sort | null {
  const match = text === null ? null : /^(-?)([a-zA-Z]{1,40})$/.exec(text);
  return match?.[2] === undefined ? null : { key: match[2], descending: match[1] === "-" };
}

function oneOf<T extends string>(values: readonly T[], text: string | null): T | null {
  return values.find((value) => value === text) ?? null;
}

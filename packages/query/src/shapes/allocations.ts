import type { Frame } from "./stacks.js";

export interface AllocationRow {
  id: string;
  timeNs: number;
  lifetimeNs: number | null;
  address: string;
  size: number;
  stack: number;
  thread: number;
  kind: "malloc" | "calloc" | "realloc" | "aligned";
  reallocOf: string | null;
  freeThread: number | null;
  freeStack: number | null;
}

export interface Allocations {
  revision: number;
  sentence: string;
  total: number;
  rows: AllocationRow[];
  /** Frames of the stacks that the rows name. */
  stacks: Record<number, Frame[]>;
  /** Pass as `after` for the next page; null at the end. */
  next: string | null;
}

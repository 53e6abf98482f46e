import type { ReactNode } from "react";

/** Advice names commands between backticks: they are set as code. */
export function Marked({ text }: { text: string }): ReactNode {
  return text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}

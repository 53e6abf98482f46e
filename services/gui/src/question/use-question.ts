"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import type { Question } from "./question";
import { parseQuestion, printQuestion } from "./question";

export type ChangeQuestion = (change: Partial<Question>, how?: "push" | "replace") => void;

/**
 * The question of the page and the way to change it. A change is a history entry, so back undoes it; `replace` is for what
 * follows typing. Next keeps `useSearchParams` in step with the history API: no request to the server, no navigation.
 */
export function useQuestion(): [Question, ChangeQuestion] {
  const params = useSearchParams();
  const question = useMemo(() => parseQuestion(new URLSearchParams(params)), [params]);
  const change = useCallback<ChangeQuestion>((change, how = "push") => {
    // From the address, not from the closure: two changes in one frame must not undo each other.
    const now = parseQuestion(new URLSearchParams(window.location.search));
    const search = printQuestion({ ...now, ...change });
    if (search === printQuestion(now)) return;
    const url = search === "" ? window.location.pathname : `?${search}`;
    if (how === "push") window.history.pushState(null, "", url);
    else window.history.replaceState(null, "", url);
  }, []);
  return [question, change];
}

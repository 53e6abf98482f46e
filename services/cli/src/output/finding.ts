import { styled } from "./style.js";

/** What `check` has found out about one thing. */
export interface Finding {
  what: string;
  ok: boolean;
  detail: string;
  advice?: string;
}

export function findingText({ what, ok, detail, advice }: Finding): string {
  const mark = ok ? styled("ok     ", "blue") : styled("missing", "red");
  return `${mark}  ${what}: ${detail}${ok || advice === undefined ? "" : `\n           ${advice}`}`;
}

import { REASONS, type Reason } from "@heaphound/injection";

/** A code that a newer injector wrote has no words here yet. */
export function reasonOf(code: string): Reason {
  const all: Readonly<Record<string, Reason>> = REASONS;
  if (code === "injected")
    return {
      severity: "info",
      title: "Just started",
      advice: "Nothing yet: wait until the program has run for a moment.",
    };
  const { severity, title, advice } = all[code] ?? {
    severity: "gap",
    title: code,
    advice: "Update the API: its table of reasons is older than the injector's.",
  };
  return { severity, title, advice };
}

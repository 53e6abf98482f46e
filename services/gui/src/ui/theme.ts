"use client";
import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark";

const now = (): Theme => (document.documentElement.dataset.theme === "dark" ? "dark" : "light");

const subscribe = (changed: () => void): (() => void) => {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
};

/** The theme of the page; what draws on a canvas draws anew when it changes. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, now, () => "light");
}

export function toggleTheme(): void {
  const theme = now() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("hh-theme", theme);
  } catch {
    // A browser without storage shows the choice until the next page.
  }
}

/** Values of colour tokens, for a canvas. */
export function readTokens<K extends string>(names: readonly K[]): Record<K, string> {
  const style = getComputedStyle(document.documentElement);
  const read = (name: K): [K, string] => [name, style.getPropertyValue(`--hh-${name}`).trim()];
  return Object.fromEntries(names.map(read)) as Record<K, string>;
}

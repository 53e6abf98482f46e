import type { Tree } from "../api/shapes";
import { hashText } from "./layout";

/**
 * Colours of frames: the module gives the hue, the function one of three close lightnesses so that neighbours can be told
 * apart; depth gives nothing, so a frame looks the same wherever it is called. Frames of unknown modules are grey.
 */
export interface FlamePalette {
  /** By node. */
  fill: (node: number) => string;
}

/** Red is kept for leaks and losses, so no module is red. */
const HUES = [250, 165, 75, 300, 205, 130, 100, 325, 275, 225, 185, 60] as const;
const SHADES = [-3, 0, 3] as const;

export function flamePalette(tree: Tree, lightness: string, chroma: string): FlamePalette {
  const hue = tree.strings.map((string) => (string === "" ? -1 : (HUES[hashText(string) % HUES.length] ?? -1)));
  const shade = tree.strings.map((string) => SHADES[hashText(string) % SHADES.length] ?? 0);
  const base = Number.parseFloat(lightness);
  const cache = new Map<number, string>();
  const colour = (module: number, name: number): string => {
    const angle = hue[module] ?? -1;
    return `oklch(${base + (shade[name] ?? 0)}% ${angle < 0 ? 0.008 : chroma} ${Math.max(angle, 0)})`;
  };
  return {
    fill: (node) => {
      const module = tree.module[node] ?? 0;
      const name = tree.name[node] ?? 0;
      const key = module * 3 + (shade[name] ?? 0) / 3 + 1;
      let text = cache.get(key);
      if (text === undefined) cache.set(key, (text = colour(module, name)));
      return text;
    },
  };
}

import type { Tree } from "@heaphound/query";
import { formatBytes, formatCount } from "../../views/format.js";
import { FLAME_SCRIPT } from "./flame-script.js";

const WIDTH = 1200;
const ROW = 18;
const TOP = 64;
const BOTTOM = 28;
/** About so wide is a character of the font. */
const CHARACTER = 6.6;
/** Pixels below which a frame is not drawn. */
const MIN_WIDTH = 0.3;

interface Placed {
  left: number;
  width: number;
  depth: number;
}

/** A standalone SVG, callers at the top. Frames are rectangles with a title; a script in it zooms and searches. */
export function* drawFlameGraph(tree: Tree): Generator<string> {
  const places = placeNodes(tree);
  const depth = places.reduce((deepest, place) => Math.max(deepest, place?.depth ?? 0), 0);
  yield header(tree, TOP + (depth + 1) * ROW + BOTTOM);
  for (let node = 0; node < tree.parent.length; node++) {
    const place = places[node];
    if (place) yield frame(tree, node, place);
  }
  yield `</g>\n<script><![CDATA[${FLAME_SCRIPT}]]></script>\n</svg>\n`;
}

/** Children side by side from their parent's left edge, the heaviest first. */
function placeNodes(tree: Tree): (Placed | undefined)[] {
  const weights = tree.weight === "bytes" ? tree.totalBytesOf : tree.totalCountOf;
  const children: number[][] = tree.parent.map(() => []);
  tree.parent.forEach((parent, node) => children[parent]?.push(node));
  const scale = WIDTH / Math.max(1, weights[0] ?? 1);
  const places: (Placed | undefined)[] = [{ left: 0, width: WIDTH, depth: 0 }];
  for (let node = 0; node < tree.parent.length; node++) {
    const place = places[node];
    if (!place) continue;
    let left = place.left;
    for (const child of children[node]!.sort((a, b) => weights[b]! - weights[a]!)) {
      const width = weights[child]! * scale;
      if (width >= MIN_WIDTH) places[child] = { left, width, depth: place.depth + 1 };
      left += width;
    }
  }
  return places;
}

function header(tree: Tree, height: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="ui-monospace, Consolas, monospace" font-size="11">
<title>${escape(tree.sentence)}</title>
<style>
svg { background: #fff } text { fill: #1a1a1a } .bar { cursor: pointer } .bar text { pointer-events: none }
.bar:hover rect { stroke: #1a1a1a } .bar.found rect { fill: #d55e00 } .bar.faded { opacity: .45 } a { cursor: pointer }
@media (prefers-color-scheme: dark) { svg { background: #16181c } text { fill: #e8e8e8 } .bar text { fill: #1a1a1a } }
</style>
<text x="8" y="20" font-size="14" font-family="system-ui, sans-serif">${escape(tree.sentence)}</text>
<text id="found" x="8" y="${height - 9}"></text>
<foreignObject x="8" y="30" width="340" height="26"><input xmlns="http://www.w3.org/1999/xhtml" id="search" placeholder="search functions (regular expression)" style="width:300px"/></foreignObject>
<text id="reset" x="360" y="47" style="cursor:pointer" visibility="hidden">reset zoom</text>
<g id="bars" data-width="${WIDTH}" data-character="${CHARACTER}">
`;
}

function frame(tree: Tree, node: number, { left, width, depth }: Placed): string {
  const text = (index: number): string => tree.strings[index] ?? "";
  const name = node === 0 ? "all" : text(tree.name[node]!);
  const share = ((100 * width) / WIDTH).toFixed(2);
  const line = tree.line[node]! > 0 ? `:${tree.line[node]}` : "";
  const source = text(tree.file[node]!) === "" ? "" : `\n${text(tree.file[node]!)}${line}`;
  const figures = `${formatBytes(tree.totalBytesOf[node]!)} in ${formatCount(tree.totalCountOf[node]!)}, ${share} %`;
  const title = `${name}\n${figures}\n${text(tree.module[node]!)}${source}`;
  const y = TOP + depth * ROW;
  return `<g class="bar" data-name="${escape(name)}" data-x="${left.toFixed(3)}" data-w="${width.toFixed(3)}"><title>${escape(title)}</title><rect x="${left.toFixed(2)}" y="${y}" width="${width.toFixed(2)}" height="${ROW - 1}" rx="1" fill="${colour(text(tree.module[node]!))}"/><text x="${(left + 3).toFixed(2)}" y="${y + 12.5}">${escape(fitting(name, width))}</text></g>\n`;
}

/** As much of the name as the bar holds. */
function fitting(name: string, width: number): string {
  const characters = Math.floor((width - 6) / CHARACTER);
  if (characters < 3) return "";
  return name.length <= characters ? name : `${name.slice(0, characters - 2)}..`;
}

/** A hue per module, the same in every drawing. */
function colour(module: string): string {
  if (module === "") return "#c8ccd2";
  let hash = 0;
  for (let i = 0; i < module.length; i++) hash = (Math.imul(hash, 31) + module.charCodeAt(i)) | 0;
  return `hsl(${(hash >>> 0) % 360} 55% 74%)`;
}

function escape(text: string): string {
  return text
    .replace(/[\p{Cc}\ufffe\uffff]/gu, (character) => ("\t\n\r".includes(character) ? character : "\ufffd"))
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}

// Medians, ratios, and the tables of docs/performance.md.
import { readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../scripts/lib/root.mjs";

const page = join(root, "docs/performance.md");

export function median(values) {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return NaN;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function geometricMean(values) {
  const known = values.filter((value) => Number.isFinite(value) && value > 0);
  return Math.exp(known.reduce((sum, value) => sum + Math.log(value), 0) / known.length);
}

export function fixed(value, digits) {
  return Number.isFinite(value) ? value.toFixed(digits) : "-";
}

/** Markdown with columns padded, so that the source reads as well as the page. */
export function markdownTable(header, rows) {
  const lines = [header, header.map(() => ""), ...rows];
  const widths = header.map((_, column) => Math.max(3, ...lines.map((line) => line[column].length)));
  const text = (line) =>
    `| ${line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [text(header), rule, ...rows.map(text)].join("\n");
}

export function machine() {
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} x ${cpus()[0]?.model ?? arch()}, ${gibibytes} GiB, Linux ${release()}`;
}

/** Replaces what stands between the markers `<!-- NAME -->` and `<!-- /NAME -->`. */
export function writeSection(name, command, body) {
  const text = readFileSync(page, "utf8");
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no section ${open} ... ${close}`);
  const date = new Date().toISOString().slice(0, 10);
  const note = `Measured ${date} on ${machine()} by \`${command}\`.`;
  writeFileSync(page, `${text.slice(0, from + open.length)}\n\n${note}\n\n${body}\n\n${text.slice(to)}`);
}

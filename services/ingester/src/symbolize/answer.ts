import { z } from "@heaphound/service-kit";

/** What is known about one address. Inlined calls innermost first; the last entry is the function that is really there. */
export interface Resolved {
  functions: string[];
  /** Empty strings where unknown. */
  files: string[];
  lines: number[];
  /** As in the `symbols` table: 1 from a symbol table, 2 from debug information. */
  version: 1 | 2;
}

const line = z.number().int().min(0);
const answerSchema = z.object({
  Symbol: z
    .array(z.object({ FunctionName: z.string(), FileName: z.string(), Line: line, StartLine: line.default(0) }))
    .optional(),
  Error: z.object({ Message: z.string() }).optional(),
});

/** Reads one line of `llvm-symbolizer --output-style=JSON`. `undefined`: it does not know the address. */
export function parseAnswer(line: string): Resolved | undefined {
  const answer = answerSchema.parse(JSON.parse(line));
  const frames = (answer.Symbol ?? []).filter(({ FunctionName }) => FunctionName !== "" && FunctionName !== "??");
  if (frames.length === 0) return undefined;
  // Symbol tables know file names too, of whatever object file came before the symbol: not worth showing.
  const hasLines = frames.some(({ Line, StartLine }) => Line > 0 || StartLine > 0);
  return {
    functions: frames.map(({ FunctionName }) => tidyName(FunctionName)),
    files: frames.map(({ FileName }) => (hasLines ? FileName : "")),
    lines: frames.map(({ Line }) => Line),
    version: hasLines ? 2 : 1,
  };
}

/**
 * Names as people know them:
 * - LLVM writes a clone of the optimizer as `f(int) (.isra.0)`; binutils and other profilers as `f(int) [clone .isra.0]`.
 * - Rust's legacy mangling is C++'s with escapes, and ends in a hash: `<T$GT$::f::h0123456789abcdef`.
 */
export function tidyName(name: string): string {
  const clones = name.replace(/ \((\.[\w.]+)\)$/, " [clone $1]");
  const rust = /^(.*)::h[0-9a-f]{16}$/.exec(clones)?.[1];
  return rust === undefined ? clones : unescapeRust(rust);
}

const RUST_ESCAPES: Readonly<Record<string, string>> = {
  SP: "@",
  BP: "*",
  RF: "&",
  LT: "<",
  GT: ">",
  LP: "(",
  RP: ")",
  C: ",",
};

function unescapeRust(name: string): string {
  return name
    .replace(/\$(\w+)\$/g, (whole, escape: string) => {
      const code = /^u([0-9a-f]{1,6})$/.exec(escape)?.[1];
      return code === undefined ? (RUST_ESCAPES[escape] ?? whole) : String.fromCodePoint(parseInt(code, 16));
    })
    .replace(/(^|::)_(?=<)/g, "$1")
    .replaceAll("..", "::");
}

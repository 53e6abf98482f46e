import { errorMessage, type Logger } from "@heaphound/service-kit";
import type { BinaryFinder, FoundBinary } from "../binaries/finder.js";
import type { Resolved } from "./answer.js";
import { SymbolizerCrash, SymbolizerMissing, type SymbolizerProcess } from "./symbolizer-process.js";

export interface SymbolizeResult {
  /** One per offset; `undefined` where nothing is known. */
  symbols: (Resolved | undefined)[];
  /** Why there is nothing at all; empty when the module's file was found. */
  reason: string;
}

export interface SymbolizerParts {
  finder: Pick<BinaryFinder, "find">;
  process: Pick<SymbolizerProcess, "ask">;
  log: Logger;
  onCrash: () => void;
}

const MAX_REMEMBERED = 4_096;

/** Turns offsets of a module into functions, files and lines. */
export class Symbolizer {
  /** Objects that have ended the child; they are not asked again. */
  private readonly poisoned = new Set<string>();

  constructor(private readonly parts: SymbolizerParts) {}

  async symbolize(buildId: string, modulePath: string, offsets: readonly bigint[]): Promise<SymbolizeResult> {
    const found = await this.parts.finder.find(buildId, modulePath);
    if ("reason" in found) return { symbols: offsets.map(() => undefined), reason: found.reason };
    try {
      return { symbols: await this.askAll(found, offsets), reason: "" };
    } catch (error) {
      if (!(error instanceof SymbolizerMissing)) throw error;
      return { symbols: offsets.map(() => undefined), reason: `${error.message}; install the package llvm` };
    }
  }

  /** Asks one object after the other, each only for what is still unknown. */
  private async askAll(found: FoundBinary, offsets: readonly bigint[]): Promise<(Resolved | undefined)[]> {
    const symbols = offsets.map((): Resolved | undefined => undefined);
    let open = offsets.flatMap((offset, i) => (isCode(found, offset) ? [i] : []));
    for (const object of found.objects) {
      if (open.length === 0) break;
      const answers = await this.ask(
        object,
        open.map((i) => offsets[i] ?? 0n),
      );
      open.forEach((i, at) => (symbols[i] = answers[at]));
      open = open.filter((i) => symbols[i] === undefined);
    }
    return symbols;
  }

  /** One crash may be the memory limit of a container; a second on the same file is the file's fault. */
  private async ask(object: string, offsets: readonly bigint[]): Promise<readonly (Resolved | undefined)[]> {
    if (this.poisoned.has(object)) return [];
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.parts.process.ask(object, offsets);
      } catch (error) {
        if (!(error instanceof SymbolizerCrash)) throw error;
        this.parts.onCrash();
        this.parts.log.warn({ object, attempt, reason: errorMessage(error) }, "the symbolizer failed on a file");
        if (attempt < 2) continue;
        if (this.poisoned.size >= MAX_REMEMBERED) this.poisoned.clear();
        this.poisoned.add(object);
        return [];
      }
    }
  }
}

function isCode(found: FoundBinary, offset: bigint): boolean {
  return found.executable.some(({ start, end }) => start <= offset && offset < end);
}

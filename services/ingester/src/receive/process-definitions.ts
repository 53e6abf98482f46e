import { errorMessage, type Logger } from "@heaphound/service-kit";
import { BinaryChunkSchema, type DictionaryDelta } from "@heaphound/wire";
import { buildIdOf, type Frame } from "../decode/frames.js";
import { ProcessDictionary } from "../decode/process-dictionary.js";
import { RejectedError } from "../errors.js";
import { appendDefinitions, appendNodes, appendStacks, checkStackSizes } from "../store/definitions.js";
import type { Writer } from "../store/writer.js";
import type { Symbols } from "../symbols.js";
import { parseMessage } from "./parse.js";

export interface DefinitionsOptions {
  process: bigint;
  /** The process as readers know it. */
  key: string;
  writer: Writer;
  symbols: Symbols;
  log: Logger;
  /** Asks the client for a file. */
  request: (binary: { buildId: Uint8Array; module: number }) => void;
}

/** The kernel's object in every process: no file has it, but the process can send it. */
const VDSO = "[vdso]";

/** What a process says of its modules, frames and stacks: into the tables, and what they need for symbols is asked for. */
export class ProcessDefinitions {
  readonly dictionary = new ProcessDictionary();

  constructor(private readonly options: DefinitionsOptions) {}

  /** `store`: false when the database has them already. */
  async define(delta: DictionaryDelta, { block, store }: { block: number; store: boolean }): Promise<void> {
    const { writer, process } = this.options;
    const newFrames = this.dictionary.apply(delta);
    await this.requestBinaries(delta);
    if (!store) return;
    const definitions = { process, block, delta, dictionary: this.dictionary, newFrames };
    checkStackSizes(definitions);
    await writer.room();
    writer.append((tables) => appendDefinitions(tables, definitions));
    // A few bytes can define many nodes, and deep stacks: they go out in parts that fit a batch.
    for (let node = delta.firstNode; node < delta.firstNode + delta.nodeCount;) {
      await writer.room();
      writer.append((tables) => (node = appendNodes(tables, definitions, node)));
    }
    for (let stack = delta.firstStack; stack < delta.firstStack + delta.stackCount;) {
      await writer.room();
      writer.append((tables) => (stack = appendStacks(tables, definitions, stack)));
    }
    this.queueSymbols(newFrames);
  }

  /** A part of a file that was asked for. */
  async receiveBinary(body: Uint8Array): Promise<void> {
    const { symbols, key, log } = this.options;
    try {
      await symbols.receive(parseMessage(BinaryChunkSchema, body), key);
    } catch (error) {
      if (error instanceof RejectedError) throw error;
      log.warn({ process: key, error: errorMessage(error) }, "an upload of a binary was given up");
    }
  }

  private queueSymbols(newFrames: readonly Frame[]): void {
    const found = newFrames.filter(({ buildId, name }) => buildId !== "" && name === undefined);
    if (found.length === 0) return;
    this.options.symbols.framesStored(
      found.map(({ id, buildId, offset, path }) => ({ frame: id, buildId, offset, path })),
    );
  }

  /** Before the block is acknowledged: a short program leaves as soon as everything is. */
  private async requestBinaries(delta: DictionaryDelta): Promise<void> {
    const { symbols, key, request } = this.options;
    for (const module of delta.modules) {
      if (!module.path.startsWith("/") && module.path !== VDSO) continue;
      const wanted = { buildId: buildIdOf(module), path: module.path, fileSize: module.fileSize };
      if (await symbols.wanted(wanted, key)) request({ buildId: module.buildId, module: module.number });
    }
  }
}

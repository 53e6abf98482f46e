import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { crc32 } from "node:zlib";
import { errorMessage, type Logger, readElf, type ElfFacts } from "@heaphound/service-kit";
import type { Debuginfod } from "./debuginfod.js";
import { isBuildId, type FileCache } from "./file-cache.js";
import { unpackMiniDebug } from "./mini-debug.js";

export interface FoundBinary {
  /** Files to ask for a symbol, in this order: debug information first, bare symbol tables last. */
  objects: string[];
  /** Addresses outside are not code; the nearest symbol would be a lie. */
  executable: { start: bigint; end: bigint }[];
}

export interface FinderOptions {
  local: boolean;
  debugDirs: readonly string[];
  cache: FileCache;
  debuginfod: Debuginfod;
  log: Logger;
}

interface MainFile {
  path: string;
  facts: ElfFacts;
}

const PATH_PREFIX = "path:";

/** Finds the files that hold a module's symbols. A file counts only if it carries the module's build id. */
export class BinaryFinder {
  constructor(private readonly options: FinderOptions) {}

  /** The reason, when there is nothing. */
  async find(buildId: string, modulePath: string): Promise<FoundBinary | { reason: string }> {
    const main = await this.mainFile(buildId, modulePath);
    if (main?.facts.hasDwarf) return { objects: [main.path], executable: main.facts.executable };
    const debug = isBuildId(buildId) ? await this.debugFile(buildId, main) : undefined;
    const mini = main && (await this.miniDebug(buildId, main));
    const executable = (main ?? debug)?.facts.executable;
    if (!executable) return { reason: missingReason(buildId, this.options.local) };
    const objects = [debug?.path, main?.path, mini].filter((path) => path !== undefined);
    return { objects, executable };
  }

  /** True when the module's own file is at hand, without the network. */
  async has(buildId: string, modulePath: string): Promise<boolean> {
    return (await this.mainFile(buildId, modulePath)) !== undefined;
  }

  private async mainFile(buildId: string, modulePath: string): Promise<MainFile | undefined> {
    const anonymous = buildId.startsWith(PATH_PREFIX);
    if (this.options.local && isAbsolute(modulePath)) {
      const facts = await readElf(modulePath).catch(() => undefined);
      if (facts?.buildId === (anonymous ? "" : buildId)) return { path: modulePath, facts };
    }
    if (anonymous || !isBuildId(buildId)) return undefined;
    const path = await this.options.cache.find(buildId, "executable");
    return path === undefined ? undefined : { path, facts: await readElf(path) };
  }

  private async debugFile(buildId: string, main: MainFile | undefined): Promise<MainFile | undefined> {
    const { debugDirs, cache, debuginfod } = this.options;
    const byId = debugDirs.map((dir) => join(dir, ".build-id", buildId.slice(0, 2), `${buildId.slice(2)}.debug`));
    for (const path of byId) {
      const facts = await readElf(path).catch(() => undefined);
      if (facts?.buildId === buildId && facts.hasDwarf) return { path, facts };
    }
    const linked = main && (await this.byDebugLink(buildId, main));
    if (linked) return linked;
    const path = (await cache.find(buildId, "debug")) ?? (await debuginfod.fetch(buildId, "debug"));
    return path === undefined ? undefined : { path, facts: await readElf(path) };
  }

  /** The places where gdb looks too: beside the file, in `.debug`, and below the debug directories. */
  private async byDebugLink(buildId: string, main: MainFile): Promise<MainFile | undefined> {
    const link = main.facts.debugLink;
    if (!link) return undefined;
    const directory = dirname(main.path);
    const places = [directory, join(directory, ".debug"), ...this.options.debugDirs.map((dir) => join(dir, directory))];
    for (const place of places) {
      const path = join(place, link.name);
      if (path === main.path) continue;
      const facts = await readElf(path).catch(() => undefined);
      if (facts && (facts.buildId === "" ? (await fileCrc(path)) === link.crc : facts.buildId === buildId)) {
        return { path, facts };
      }
    }
    return undefined;
  }

  private async miniDebug(buildId: string, main: MainFile): Promise<string | undefined> {
    const section = main.facts.debugData;
    if (!section || main.facts.hasSymbolTable || !isBuildId(buildId)) return undefined;
    try {
      return await unpackMiniDebug(main.path, section, buildId, this.options.cache);
    } catch (error) {
      this.options.log.warn({ path: main.path, reason: errorMessage(error) }, "could not unpack .gnu_debugdata");
      return undefined;
    }
  }
}

function missingReason(buildId: string, local: boolean): string {
  if (buildId === "") return "the address lies in no module";
  if (buildId.startsWith(PATH_PREFIX)) {
    return local ? "no such file, or another one by now" : "the file has no build id, so it cannot be asked for";
  }
  return "no file with this build id is known here";
}

async function fileCrc(path: string): Promise<number> {
  await access(path);
  let crc = 0;
  for await (const chunk of createReadStream(path)) crc = crc32(chunk as Buffer, crc);
  return crc;
}

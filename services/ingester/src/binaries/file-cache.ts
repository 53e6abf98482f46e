import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { readElf } from "@heaphound/service-kit";

export type CachedKind = "executable" | "debug" | "mini";

/**
 * ELF files by build id, in one directory with a limit on its size: uploaded binaries, debug files from debuginfod,
 * unpacked `.gnu_debugdata`. A file has its final name only when it is complete and its build id was verified.
 */
export class FileCache {
  private constructor(
    private readonly directory: string,
    private readonly maxTotalBytes: number,
  ) {}

  static async open(directory: string, maxTotalBytes: number): Promise<FileCache> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const cache = new FileCache(directory, maxTotalBytes);
    // What an earlier run left half-written.
    for (const name of await readdir(directory)) {
      if (name.startsWith("partial-")) await rm(join(directory, name), { force: true });
    }
    return cache;
  }

  /** The file's path, if it is there; finding it counts as a use. */
  async find(buildId: string, kind: CachedKind): Promise<string | undefined> {
    const path = this.path(buildId, kind);
    const now = new Date();
    return utimes(path, now, now).then(
      () => path,
      () => undefined,
    );
  }

  /** Where to write a new file before `accept`. */
  partialPath(): string {
    return join(this.directory, `partial-${randomUUID()}`);
  }

  /** Verifies a complete file and gives it its name. Throws, and removes it, when it is not what it should be. */
  async accept(partial: string, buildId: string, kind: CachedKind): Promise<string> {
    try {
      const facts = await readElf(partial);
      // Mini debug information carries no build id of its own.
      if (kind !== "mini" && facts.buildId !== buildId) {
        throw new Error(`build id ${facts.buildId || "(none)"} where ${buildId} was expected`);
      }
      await rename(partial, this.path(buildId, kind));
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
    await this.evict();
    return this.path(buildId, kind);
  }

  private path(buildId: string, kind: CachedKind): string {
    if (!isBuildId(buildId)) throw new Error(`${JSON.stringify(buildId)} is not a build id`);
    return join(this.directory, `${buildId}.${kind}`);
  }

  private async evict(): Promise<void> {
    const files = await Promise.all(
      (await readdir(this.directory)).map(async (name) => {
        const path = join(this.directory, name);
        const facts = await stat(path).catch(() => undefined);
        return { path, bytes: facts?.size ?? 0, usedMs: facts?.mtimeMs ?? 0 };
      }),
    );
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of files.sort((a, b) => a.usedMs - b.usedMs)) {
      if (total <= this.maxTotalBytes) return;
      await rm(path, { force: true });
      total -= bytes;
    }
  }
}

/** Lower-case hex of whole bytes; also keeps anything else out of file names. */
export function isBuildId(text: string): boolean {
  return /^(?:[0-9a-f]{2}){2,64}$/.test(text);
}

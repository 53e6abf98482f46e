import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { errorMessage, type Logger } from "@heaphound/service-kit";
import type { FileCache } from "./file-cache.js";

export interface DebuginfodOptions {
  urls: readonly string[];
  cache: FileCache;
  maxBytes: number;
  log: Logger;
}

const TIMEOUT_MS = 5 * 60_000;
/** A server that does not have a file is not asked for it again for this long. */
const ABSENT_MS = 10 * 60_000;
const MAX_REMEMBERED = 10_000;

/** Fetches debug files by build id over HTTP: `URL/buildid/ID/debuginfo` (the protocol of elfutils' debuginfod). */
export class Debuginfod {
  private readonly absentUntilMs = new Map<string, number>();
  private readonly running = new Map<string, Promise<string | undefined>>();

  constructor(private readonly options: DebuginfodOptions) {}

  /** The path of the downloaded file, from the first server that has it. */
  fetch(buildId: string, kind: "debug" | "executable"): Promise<string | undefined> {
    const key = `${buildId}.${kind}`;
    if ((this.absentUntilMs.get(key) ?? 0) > Date.now()) return Promise.resolve(undefined);
    let fetching = this.running.get(key);
    if (!fetching) {
      fetching = this.fetchFromAny(buildId, kind, key).finally(() => this.running.delete(key));
      this.running.set(key, fetching);
    }
    return fetching;
  }

  private async fetchFromAny(buildId: string, kind: "debug" | "executable", key: string): Promise<string | undefined> {
    for (const base of this.options.urls) {
      const url = `${base.replace(/\/+$/, "")}/buildid/${buildId}/${kind === "debug" ? "debuginfo" : "executable"}`;
      try {
        const path = await this.download(url, buildId, kind);
        if (path !== undefined) return path;
      } catch (error) {
        this.options.log.warn({ url, reason: errorMessage(error) }, "could not fetch from debuginfod");
      }
    }
    if (this.options.urls.length > 0) this.rememberAbsent(key);
    return undefined;
  }

  private async download(url: string, buildId: string, kind: "debug" | "executable"): Promise<string | undefined> {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.status === 404) return undefined;
    if (!response.ok || !response.body) throw new Error(`HTTP status ${response.status}`);
    const partial = this.options.cache.partialPath();
    try {
      const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
      await pipeline(body, limit(this.options.maxBytes), createWriteStream(partial, { mode: 0o600 }));
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
    return this.options.cache.accept(partial, buildId, kind);
  }

  private rememberAbsent(key: string): void {
    if (this.absentUntilMs.size >= MAX_REMEMBERED) this.absentUntilMs.clear();
    this.absentUntilMs.set(key, Date.now() + ABSENT_MS);
  }
}

/** Passes bytes on until there are too many. */
export function limit(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new Error(`larger than ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
}

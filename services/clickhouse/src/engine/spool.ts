import { writeSync } from "node:fs";
import { copyFile, open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "./engine-error.js";

export interface SpoolOptions {
  /** Memory-backed (`/dev/shm`); small and fast. */
  memoryDir: string;
  /** Total of all bodies in memory at one time. */
  memoryBytes: number;
  /** On disk, for what does not fit in memory. */
  diskDir: string;
  /** Largest body. */
  maxBodyBytes: number;
}

/**
 * Bodies of inserts, kept as files because that is how the engine takes binary data. A body is complete before the
 * engine sees it: one that breaks off half-way has never been an insert.
 */
export class Spool {
  private memoryUsed = 0;
  private count = 0;

  constructor(readonly options: SpoolOptions) {}

  get memoryBytesUsed(): number {
    return this.memoryUsed;
  }

  /** Writes a body to a file. Call `remove` when done, whatever happened. */
  async store(body: AsyncIterable<Buffer>): Promise<SpooledBody> {
    const spooled = new SpooledBody(this, `body-${this.count++}`);
    try {
      await spooled.write(body);
      return spooled;
    } catch (error) {
      await spooled.remove();
      throw error;
    }
  }

  /** False when memory is full. */
  takeMemory(bytes: number): boolean {
    if (this.memoryUsed + bytes > this.options.memoryBytes) return false;
    this.memoryUsed += bytes;
    return true;
  }

  freeMemory(bytes: number): void {
    this.memoryUsed -= bytes;
  }
}

export class SpooledBody {
  path: string;
  bytes = 0;
  private inMemory = 0;
  private refused = false;
  private file: FileHandle | undefined;

  constructor(
    private readonly spool: Spool,
    private readonly name: string,
  ) {
    this.path = join(spool.options.memoryDir, name);
  }

  async write(body: AsyncIterable<Buffer>): Promise<void> {
    this.file = await open(this.path, "w", 0o600);
    for await (const chunk of body) {
      // A body that is too large is read to its end all the same: many clients see an error only after they have sent all.
      if (this.bytes + chunk.length <= this.spool.options.maxBodyBytes) await this.append(chunk);
      else await this.refuse();
    }
    if (this.refused) throw tooLarge(this.spool.options.maxBodyBytes);
    await this.file.close();
    this.file = undefined;
  }

  async remove(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
    await rm(this.path, { force: true });
    this.spool.freeMemory(this.inMemory);
    this.inMemory = 0;
  }

  /** From here on everything is over the limit; its space is free for others. */
  private async refuse(): Promise<void> {
    if (this.refused) return;
    this.refused = true;
    this.bytes = this.spool.options.maxBodyBytes;
    await this.file?.truncate(0);
    this.spool.freeMemory(this.inMemory);
    this.inMemory = 0;
  }

  private async append(chunk: Buffer): Promise<void> {
    if (!this.onMemory || !this.appendToMemory(chunk)) await this.appendToDisk(chunk);
    this.bytes += chunk.length;
  }

  private get onMemory(): boolean {
    return this.path.startsWith(this.spool.options.memoryDir);
  }

  /** False when memory is full. A copy of 64 KiB takes less time here than handing it to another thread. */
  private appendToMemory(chunk: Buffer): boolean {
    if (!this.file || !this.spool.takeMemory(chunk.length)) return false;
    this.inMemory += chunk.length;
    try {
      for (let at = 0; at < chunk.length;) at += writeSync(this.file.fd, chunk, at);
      return true;
    } catch (error) {
      if (!isFull(error)) throw error;
      return false;
    }
  }

  private async appendToDisk(chunk: Buffer): Promise<void> {
    if (this.onMemory) await this.moveToDisk();
    await this.file?.writeFile(chunk);
  }

  /** Copies what is there (without a half-written last chunk) and goes on behind it. */
  private async moveToDisk(): Promise<void> {
    const memoryPath = this.path;
    const diskPath = join(this.spool.options.diskDir, this.name);
    await this.file?.truncate(this.bytes);
    await this.file?.close();
    this.file = undefined;
    await copyFile(memoryPath, diskPath);
    await rm(memoryPath);
    this.path = diskPath;
    this.spool.freeMemory(this.inMemory);
    this.inMemory = 0;
    this.file = await open(diskPath, "a", 0o600);
  }
}

function tooLarge(maxBodyBytes: number): EngineError {
  const message = `The body is larger than ${maxBodyBytes} bytes: insert in smaller pieces`;
  return new EngineError(307, "TOO_MANY_BYTES", message);
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}

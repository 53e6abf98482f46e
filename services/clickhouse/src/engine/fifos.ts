import { execFile } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { once } from "node:events";
import { Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const GROWTH = 16;

/**
 * Named pipes through which the engine's results come: `SELECT ... INTO OUTFILE '<pipe>'`. The engine writes from one of
 * its threads and blocks when the pipe is full, so results stream with backpressure in flat memory, in exactly the
 * bytes of the format (chdb's own streaming repeats headers per chunk). Node cannot make named pipes: they are made in
 * batches by `mkfifo` and used again.
 */
export class Fifos {
  private readonly free: string[] = [];
  private made = 0;
  private growing: Promise<void> | undefined;

  constructor(private readonly directory: string) {}

  /** An open pipe. Give it back when the engine is done with it. */
  async take(): Promise<OpenFifo> {
    for (;;) {
      const path = this.free.pop();
      if (path !== undefined) return new OpenFifo(path);
      this.growing ??= this.grow().finally(() => (this.growing = undefined));
      await this.growing;
    }
  }

  async giveBack(pipe: OpenFifo): Promise<void> {
    await pipe.close();
    this.free.push(pipe.path);
  }

  private async grow(): Promise<void> {
    const paths = Array.from({ length: GROWTH }, () => join(this.directory, `pipe-${this.made++}`));
    await run("mkfifo", ["-m", "600", ...paths]);
    this.free.push(...paths);
  }
}

/** A pipe while one query writes to it. */
export class OpenFifo {
  readonly source: Socket;
  /**
   * `source` closes at the first end of data, but after some errors the engine opens the pipe once more: without any
   * reader that would block its thread for ever.
   */
  private readonly keeper: number;
  private readonly closed: Promise<unknown>;

  constructor(readonly path: string) {
    this.keeper = openReader(path);
    this.source = new Socket({ fd: openReader(path), readable: true, writable: false });
    this.closed = once(this.source, "close");
  }

  /** Makes the reader see its end also when no writer ever came. */
  end(): void {
    closeSync(openSync(this.path, constants.O_WRONLY | constants.O_NONBLOCK));
  }

  async close(): Promise<void> {
    this.source.destroy();
    await this.closed;
    closeSync(this.keeper);
  }
}

/** Without O_NONBLOCK the open would wait for a writer. */
function openReader(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

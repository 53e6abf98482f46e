import { execFile } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
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

  async take(): Promise<string> {
    for (;;) {
      const path = this.free.pop();
      if (path !== undefined) return path;
      this.growing ??= this.grow().finally(() => (this.growing = undefined));
      await this.growing;
    }
  }

  giveBack(path: string): void {
    this.free.push(path);
  }

  private async grow(): Promise<void> {
    const paths = Array.from({ length: GROWTH }, () => join(this.directory, `pipe-${this.made++}`));
    await run("mkfifo", ["-m", "600", ...paths]);
    this.free.push(...paths);
  }
}

/** The reading end. It ends when the last writer closes, or by `endFifo`. */
export function readFifo(path: string): Socket {
  // Without O_NONBLOCK the open would wait for a writer.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd: descriptor, readable: true, writable: false });
}

/** Makes the reading end see its end also when no writer ever came. */
export function endFifo(path: string): void {
  closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
}

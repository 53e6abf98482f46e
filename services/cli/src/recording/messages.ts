import { open } from "node:fs/promises";
import { readRecording, readSpool, SPOOL_MAGIC, type RecordingEnd } from "@heaphound/wire";

export interface MessageFile {
  messages: AsyncGenerator<Uint8Array, RecordingEnd, undefined>;
  /** Of the file so far. */
  bytesRead: () => number;
}

/** The ClientMessages in a file: a recording, or a spool file that a process has left. */
export async function openMessages(path: string): Promise<MessageFile> {
  const file = await open(path);
  const magic = new Uint8Array(SPOOL_MAGIC.length);
  await file.read(magic, 0, magic.length, 0);
  if (Buffer.compare(magic, SPOOL_MAGIC) !== 0) {
    const input = file.createReadStream({ start: 0, highWaterMark: 2 ** 20 }); // closes the file
    return { messages: readRecording(input), bytesRead: () => input.bytesRead };
  }
  let read = 0;
  async function* counted(): AsyncGenerator<Uint8Array, RecordingEnd, undefined> {
    const messages = readSpool(file);
    try {
      for (;;) {
        const next = await messages.next();
        if (next.done === true) return next.value;
        read += next.value.length;
        yield next.value;
      }
    } finally {
      await file.close();
    }
  }
  return { messages: counted(), bytesRead: () => read };
}

import { open, stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { readElf } from "@heaphound/service-kit";
import { BinaryChunkSchema, ClientMessageSchema, type Dictionary } from "@heaphound/wire";
import { errorText } from "../errors.js";

const CHUNK_BYTES = 256 * 1024;

interface Request {
  buildId: Uint8Array;
  module: number;
}

/**
 * Answers an ingester's requests for the binaries of a recording with the files of this machine. A file is sent only if it is
 * an ELF file that carries the build id of the recording: the paths in a recording are not to be trusted.
 */
export class RecordedBinaries {
  private readonly paths = new Map<number, string>();
  private uploads: Promise<void> = Promise.resolve();

  /** `send` takes one ClientMessage and waits while the ingester is not keeping up. */
  constructor(private readonly send: (message: Uint8Array) => Promise<void>) {}

  /** Definitions that were sent; requests may name their modules. */
  defined(dictionary: Dictionary | undefined): void {
    for (const { number, path } of dictionary?.modules ?? []) this.paths.set(number, path);
  }

  /** Sends the file, one after the other, or says why not. */
  answer({ buildId, module }: Request): void {
    const path = this.paths.get(module) ?? "";
    this.uploads = this.uploads
      .then(() => this.upload(path, buildId))
      .catch((error: unknown) => this.say({ buildId, error: errorText(error) }));
  }

  /** Resolves when everything that was asked for has been answered. */
  async settled(): Promise<void> {
    await this.uploads;
  }

  private async upload(path: string, buildId: Uint8Array): Promise<void> {
    if (!(await carries(path, buildId))) {
      await this.say({ buildId, error: "it is not on the machine that imports the recording" });
      return;
    }
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const data = new Uint8Array(CHUNK_BYTES);
      let offset = 0;
      while (offset < size) {
        const { bytesRead } = await file.read(data, 0, CHUNK_BYTES, offset);
        if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
        await this.say({
          buildId,
          offset: BigInt(offset),
          fileSize: BigInt(size),
          data: data.slice(0, bytesRead),
        });
        offset += bytesRead;
      }
      await this.say({ buildId, offset: BigInt(size), fileSize: BigInt(size) });
    } finally {
      await file.close();
    }
  }

  private say(chunk: MessageInitShape<typeof BinaryChunkSchema>): Promise<void> {
    const value = create(BinaryChunkSchema, chunk);
    return this.send(
      toBinary(ClientMessageSchema, create(ClientMessageSchema, { message: { case: "binaryChunk", value } })),
    );
  }
}

async function carries(path: string, buildId: Uint8Array): Promise<boolean> {
  if (!isAbsolute(path) || buildId.length === 0) return false;
  const isFile = await stat(path).then(
    (found) => found.isFile(), // to open a pipe would wait for ever
    () => false,
  );
  if (!isFile) return false;
  const facts = await readElf(path).catch(() => undefined);
  return facts?.buildId === Buffer.from(buildId).toString("hex");
}

import { open, rm, type FileHandle } from "node:fs/promises";
import { AppError } from "@heaphound/service-kit";
import { isBuildId, type FileCache } from "./file-cache.js";

/** The part of the wire's BinaryChunk that matters here. */
export interface UploadChunk {
  buildId: string;
  offset: bigint;
  fileSize: bigint;
  data: Uint8Array;
  error: string;
}

interface Upload {
  uploader: string;
  partial: string;
  file: FileHandle;
  received: number;
  fileSize: number;
}

const MAX_CHUNK_BYTES = 256 * 1024;
const MAX_UPLOADS = 64;
/** After this, others may be asked for a file that somebody was asked for and has not begun to send. */
const ASKED_MS = 60_000;

/** Files on their way from the clients. Each is asked of one client at a time and stored when its build id is right. */
export class Uploads {
  private readonly running = new Map<string, Upload>();
  private readonly asked = new Map<string, { uploader: string; untilMs: number }>();

  constructor(
    private readonly cache: FileCache,
    private readonly maxBinaryBytes: number,
  ) {}

  /** True when this client should be asked for the file: nobody is sending it, and nobody else was asked just now. */
  ask(buildId: string, fileSize: number, uploader: string): boolean {
    if (!isBuildId(buildId) || fileSize > this.maxBinaryBytes || this.running.has(buildId)) return false;
    this.forgetOldQuestions();
    if (this.asked.has(buildId) || this.running.size + this.asked.size >= MAX_UPLOADS) return false;
    this.asked.set(buildId, { uploader, untilMs: Date.now() + ASKED_MS });
    return true;
  }

  /** Takes one chunk. Resolves with true when the file is complete and stored. */
  async receive(chunk: UploadChunk, uploader: string): Promise<boolean> {
    try {
      return await this.accept(chunk, uploader);
    } catch (error) {
      if (this.running.get(chunk.buildId)?.uploader === uploader) await this.drop(chunk.buildId);
      throw error;
    }
  }

  /** Drops what this client had not finished; others may be asked for it. */
  async abandon(uploader: string): Promise<void> {
    for (const [buildId, question] of this.asked) if (question.uploader === uploader) this.asked.delete(buildId);
    for (const [buildId, upload] of this.running) if (upload.uploader === uploader) await this.drop(buildId);
  }

  private async accept(chunk: UploadChunk, uploader: string): Promise<boolean> {
    checkAlone(chunk);
    const upload = this.running.get(chunk.buildId) ?? (await this.begin(chunk, uploader));
    if (upload.uploader !== uploader) throw refused("another client is sending this file");
    checkContinues(chunk, upload);
    await upload.file.write(chunk.data, 0, chunk.data.length, upload.received);
    upload.received += chunk.data.length;
    // An empty chunk at the end closes the upload.
    if (chunk.data.length > 0 || upload.received < upload.fileSize) return false;
    await this.finish(chunk.buildId, upload);
    return true;
  }

  private async begin(chunk: UploadChunk, uploader: string): Promise<Upload> {
    if (this.asked.get(chunk.buildId)?.uploader !== uploader) throw refused("nobody asked this client for it");
    const fileSize = Number(chunk.fileSize);
    if (fileSize > this.maxBinaryBytes) throw refused(`it is larger than ${this.maxBinaryBytes} bytes`);
    this.asked.delete(chunk.buildId);
    const partial = this.cache.partialPath();
    const upload = { uploader, partial, file: await open(partial, "wx", 0o600), received: 0, fileSize };
    this.running.set(chunk.buildId, upload);
    return upload;
  }

  private async finish(buildId: string, upload: Upload): Promise<void> {
    this.running.delete(buildId);
    await upload.file.close();
    await this.cache.accept(upload.partial, buildId, "executable");
  }

  private async drop(buildId: string): Promise<void> {
    const upload = this.running.get(buildId);
    this.running.delete(buildId);
    await upload?.file.close();
    if (upload) await rm(upload.partial, { force: true });
  }

  private forgetOldQuestions(): void {
    for (const [buildId, { untilMs }] of this.asked) if (untilMs < Date.now()) this.asked.delete(buildId);
  }
}

function checkAlone(chunk: UploadChunk): void {
  if (!isBuildId(chunk.buildId)) throw refused("it has no valid build id");
  if (chunk.error !== "") throw refused(`the client cannot read the file: ${chunk.error}`);
  if (chunk.data.length > MAX_CHUNK_BYTES) throw refused(`a chunk is larger than ${MAX_CHUNK_BYTES} bytes`);
}

function checkContinues(chunk: UploadChunk, upload: Upload): void {
  if (Number(chunk.offset) !== upload.received || Number(chunk.fileSize) !== upload.fileSize) {
    throw refused(`offset ${chunk.offset} does not continue at ${upload.received}`);
  }
  if (upload.received + chunk.data.length > upload.fileSize) throw refused("it is larger than announced");
}

function refused(reason: string): AppError {
  return new AppError(`the upload of a binary was refused: ${reason}`, {
    code: "binary_refused",
    advice: "Symbols of this file stay away until another client sends it.",
    httpStatus: 400,
  });
}

import type { ClickHouseClient, Logger, Metrics } from "@heaphound/service-kit";
import type { BinaryChunk } from "@heaphound/wire";

/** A frame that is in the `frames` table, or on its way there. */
export interface StoredFrame {
  frame: bigint;
  /** As in the table: hex, or `path:` and the path; empty when the address lay in no module. */
  buildId: string;
  offset: bigint;
  path: string;
}

/** A module that a stream has just defined. */
export interface NewModule {
  /** As in the table. */
  buildId: string;
  path: string;
  fileSize: number;
}

/**
 * What the streams need of symbolize/ and binaries/. Nothing here may hold up a stream for long: symbols are looked up
 * beside the flow, and come later or not at all.
 */
export interface Symbols {
  /** Queues frames for look-up. Bounded: what does not fit is found again in the database. */
  framesStored(frames: readonly StoredFrame[]): void;
  /** True when the client should upload this file: it is not available here and nobody is uploading it. */
  wanted(module: NewModule, uploader: string): Promise<boolean>;
  /** One chunk of an upload. Rejects when it does not continue the upload; that ends the upload, not the stream. */
  receive(chunk: BinaryChunk, uploader: string): Promise<void>;
  /** The uploader's stream has ended: its unfinished uploads may be asked of others. */
  streamEnded(uploader: string): void;
  stop(): Promise<void>;
}

export interface SymbolsContext {
  /** Its default database is Heaphound's. */
  client: ClickHouseClient;
  /** Settings: HEAPHOUND_LOCAL_BINARIES, HEAPHOUND_DEBUGINFOD_URLS, HEAPHOUND_SYMBOLIZER, HEAPHOUND_DATA_DIR... */
  environment: Readonly<Record<string, string | undefined>>;
  log: Logger;
  metrics: Metrics;
}

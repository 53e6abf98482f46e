import { setTimeout as delay } from "node:timers/promises";
import { IngestClient } from "./ingest-client.js";
import type { TestProcess } from "./test-process.js";

const RECONNECT_MS = 30;

export interface DeliverOptions {
  /** How many blocks may be on their way unacknowledged. */
  window?: number;
  signal?: AbortSignal;
}

/**
 * Sends everything that a process has, as the preload library does: keeps what is not acknowledged, reconnects when the
 * stream breaks, goes on after what Welcome acknowledges, and says Goodbye at the end.
 */
export async function deliver(process: TestProcess, url: string, options: DeliverOptions = {}): Promise<void> {
  let acked = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    const client = new IngestClient(url);
    const abort = (): void => client.abort();
    options.signal?.addEventListener("abort", abort);
    try {
      await sendAll(process, client, acked, options.window ?? 8);
      return;
    } catch (error) {
      // A stream that broke is opened again: what was acknowledged stays so, the rest is sent once more.
      if (error instanceof ForgottenError) throw error;
    } finally {
      options.signal?.removeEventListener("abort", abort);
      client.abort();
    }
    acked = Math.max(acked, client.acked);
    await delay(RECONNECT_MS);
  }
}

class ForgottenError extends Error {}

async function sendAll(process: TestProcess, client: IngestClient, acked: number, window: number): Promise<void> {
  const welcomed = await process.open(client, acked + 1);
  if (welcomed < acked)
    throw new ForgottenError(`the server goes on after block ${welcomed}, but acknowledged ${acked}`);
  client.acked = welcomed;
  for (let sent = welcomed; sent < process.blocks.length; sent++) {
    await client.untilAcked(sent - window);
    await client.send(process.blocks[sent]!);
  }
  await client.untilAcked(process.blocks.length);
  await client.send(process.goodbye());
  const { code, details } = await client.ended;
  if (code !== 0) throw new Error(details);
}

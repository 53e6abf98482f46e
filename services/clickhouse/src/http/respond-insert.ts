import type { Engine } from "../engine/engine.js";
import type { Spool } from "../engine/spool.js";
import { insertFromFile, type Statement } from "../sql/statement.js";
import type { Exchange } from "./exchange.js";
import { respondBytes } from "./respond-bytes.js";

type Insert = Extract<Statement, { kind: "insert" }>;

/**
 * One statement becomes one block, hence one part per partition: it is stored whole or not at all, and one
 * deduplication token covers all of it. A client's own settings have precedence.
 */
const ONE_BLOCK: readonly (readonly [string, string])[] = [
  ["max_insert_block_size", "1000000000"],
  ["min_insert_block_size_rows", "1000000000"],
  ["min_insert_block_size_bytes", "4000000000"],
];

/** Spools the data, then inserts it. `slot` is called when the engine is needed, not while the client still sends. */
export async function respondInsert(
  engine: Engine,
  spool: Spool,
  insert: Insert,
  data: AsyncIterable<Buffer>,
  exchange: Exchange,
  slot: () => Promise<() => void>,
): Promise<void> {
  const { request } = exchange;
  const body = await spool.store(data);
  try {
    const release = await slot();
    try {
      const result = await engine.run({
        sql: insertFromFile(insert, body.path),
        queryId: request.queryId,
        settings: new Map([...ONE_BLOCK, ...request.settings, ["async_insert", "0"]]),
        parameters: request.parameters,
        ...(request.database === undefined ? {} : { database: request.database }),
      });
      respondBytes(exchange, { ...result, bytes: new Uint8Array() }, insert.format, {
        rows: result.rowsRead,
        bytes: result.bytesRead,
      });
    } finally {
      release();
    }
  } finally {
    await body.remove();
  }
}

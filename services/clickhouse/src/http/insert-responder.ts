import type { Engine } from "../engine/engine.js";
import type { Slots } from "../engine/slots.js";
import type { Spool } from "../engine/spool.js";
import { insertFromFile, type Insert } from "../sql/statement.js";
import type { Exchange } from "./exchange.js";
import { respondBytes } from "./respond-bytes.js";

/**
 * One statement becomes one block, hence one part per partition: it is stored whole or not at all, and one
 * deduplication token covers all of it. A client's own settings have precedence.
 */
const ONE_BLOCK: readonly (readonly [string, string])[] = [
  ["max_insert_block_size", "1000000000"],
  ["min_insert_block_size_rows", "1000000000"],
  ["min_insert_block_size_bytes", "4000000000"],
];

/**
 * Answers INSERT statements that carry data: spools the data, then lets the engine read them. As on a server, an insert
 * whose data are complete goes on when its client leaves.
 */
export class InsertResponder {
  constructor(
    private readonly engine: Engine,
    private readonly spool: Spool,
    private readonly slots: Slots,
  ) {}

  async respond(insert: Insert, data: AsyncIterable<Buffer>, exchange: Exchange): Promise<void> {
    const body = await this.spool.store(data);
    try {
      // The slot is taken only now: a client that sends slowly holds up nobody.
      const release = await this.slots.acquire(exchange.signal);
      try {
        await this.run(insert, body.path, exchange);
      } finally {
        release();
      }
    } finally {
      await body.remove();
    }
  }

  private async run(insert: Insert, path: string, exchange: Exchange): Promise<void> {
    const { request } = exchange;
    const result = await this.engine.run({
      sql: insertFromFile(insert, path),
      queryId: request.queryId,
      settings: new Map([...ONE_BLOCK, ...request.settings, ["async_insert", "0"]]),
      parameters: request.parameters,
      database: request.database,
      leavesNothing: true,
    });
    const written = { rows: result.rowsRead, bytes: result.bytesRead };
    respondBytes(exchange, { ...result, bytes: new Uint8Array() }, insert.format, written);
  }
}

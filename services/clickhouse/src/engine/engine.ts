import { drainPending, Session } from "chdb";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "@heaphound/service-kit";
import { toEngineError } from "./engine-error.js";
import { quoteString, Sessions } from "./sessions.js";

export interface EngineQuery {
  sql: string;
  /** For statements that answer directly. */
  format?: string;
  /** Unique among what runs now; `cancel` finds the query by it. */
  queryId: string;
  database: string | undefined;
  settings: ReadonlyMap<string, string>;
  parameters: ReadonlyMap<string, string>;
  /** True for statements that change nothing in their session (temporary tables, SET, USE). */
  leavesNothing: boolean;
}

export interface EngineResult {
  bytes: Uint8Array;
  rowsRead: number;
  bytesRead: number;
  elapsedSeconds: number;
}

/**
 * What the engine shows of a running query is its settings, not an id that we could choose. This one is a label without
 * effect unless the query cache is on; it carries the client's query id, so that KILL QUERY finds the query.
 */
const ID_SETTING = "query_cache_tag";
const KILL_INTERVAL_MS = 20;

/** The embedded engine on its data directory: one per process, closed last. */
export class Engine {
  private readonly sessions: Sessions;

  private constructor(
    path: string,
    /** Keeps the engine open between queries. */
    private readonly anchor: Session,
    readonly version: string,
  ) {
    this.sessions = new Sessions(path);
  }

  /** Opens or creates the data directory. The engine locks it in a way that ends with the process, however it ends. */
  static async open(dataDir: string): Promise<Engine> {
    await mkdir(dataDir, { recursive: true });
    let anchor: Session;
    try {
      anchor = new Session(dataDir);
    } catch (error) {
      throw cannotOpen(dataDir, error);
    }
    const version = anchor.query("SELECT version()", "TabSeparated").trim();
    return new Engine(dataDir, anchor, version);
  }

  /** Runs one statement in a session of its own. */
  async run(query: EngineQuery): Promise<EngineResult> {
    const { database, parameters } = query;
    const settings = new Map([...query.settings, [ID_SETTING, query.queryId]]);
    try {
      const result = await this.sessions.use({ database, settings, parameters }, query.leavesNothing, (session) =>
        session.queryAsync(query.sql, { format: query.format ?? "TabSeparated" }),
      );
      return {
        bytes: result.bytes(),
        rowsRead: result.rowsRead,
        bytesRead: result.bytesRead,
        elapsedSeconds: result.elapsed,
      };
    } catch (error) {
      throw toEngineError(error);
    }
  }

  /**
   * Ends a running query. It may not have reached the engine's list yet, or be blocked on its pipe: asks again until
   * `ended` has settled.
   */
  async cancel(queryId: string, ended: Promise<unknown>): Promise<void> {
    const over = ended.then(
      () => true,
      () => true,
    );
    const pause = (): Promise<boolean> => delay(KILL_INTERVAL_MS, false);
    do await this.kill(queryId);
    while (!(await Promise.race([over, pause()])));
  }

  /** Waits for what still runs: closing under a running query would abort the engine. */
  async close(): Promise<void> {
    await drainPending();
    this.sessions.close();
    this.anchor.close();
  }

  private async kill(queryId: string): Promise<void> {
    const needs = { database: undefined, settings: new Map<string, string>(), parameters: new Map<string, string>() };
    const sql = `KILL QUERY WHERE Settings['${ID_SETTING}'] = ${quoteString(queryId)} ASYNC`;
    await this.sessions.use(needs, true, (session) => session.queryAsync(sql));
  }
}

/**
 * A client's `KILL QUERY WHERE query_id = ...` in the engine's terms. SYNC becomes ASYNC: the embedded engine would wait
 * for the query before it has told it to end.
 */
export function translateKill(sql: string): string {
  if (!/^\s*KILL\s+QUERY\b/i.test(sql)) return sql;
  return sql.replace(/\b(?:initial_)?query_id\b/g, `Settings['${ID_SETTING}']`).replace(/\bSYNC\s*$/i, "ASYNC");
}

function cannotOpen(dataDir: string, error: unknown): AppError {
  const holder = lockHolder(dataDir);
  const inUse = holder !== undefined;
  return new AppError(
    inUse ? `data directory ${dataDir} is in use by process ${holder}` : `cannot open the data directory ${dataDir}`,
    {
      code: inUse ? "data_directory_in_use" : "data_directory_unusable",
      advice: inUse
        ? "Stop that process, or choose another directory by HEAPHOUND_DATA_DIR."
        : "Check that the directory can be written and has free space; the engine's own message is above.",
      cause: error,
    },
  );
}

/** The process named in the engine's lock file, if it is alive. */
function lockHolder(dataDir: string): number | undefined {
  try {
    const pid = Number(/^PID: (\d+)/m.exec(readFileSync(join(dataDir, "status"), "utf8"))?.[1]);
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}

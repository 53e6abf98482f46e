import { Session } from "chdb";

/** A session and what earlier requests have set in it. */
interface Used {
  session: Session;
  /** Names of settings that do not have their default value. */
  changed: Set<string>;
}

/** What a request needs of its session. */
export interface SessionNeeds {
  database: string | undefined;
  settings: ReadonlyMap<string, string>;
  parameters: ReadonlyMap<string, string>;
}

/** More than this are not kept; about 0.2 MB each. */
const MAX_IDLE = 64;

/**
 * Sessions of the engine. One runs one query at a time and keeps every SET, so each request has one to itself, made to
 * measure. They are used again, because closing one takes effect only when all queries of the moment have ended: beside a
 * long query thousands would pile up. Parameters cannot be unset: a session goes to requests with the same ones.
 */
export class Sessions {
  private readonly idle = new Map<string, Used[]>();
  private idleCount = 0;

  constructor(private readonly path: string) {}

  /** Runs something in a session that is set up as needed. `reusable`: it leaves nothing behind in the session. */
  async use<T>(needs: SessionNeeds, reusable: boolean, run: (session: Session) => Promise<T>): Promise<T> {
    const key = [...needs.parameters.keys()].sort().join();
    const used = this.take(key);
    try {
      await used.session.queryAsync(preparation(needs, used.changed));
      const result = await run(used.session);
      this.giveBack(key, used, reusable && !needs.settings.has("readonly"));
      return result;
    } catch (error) {
      // A failed query keeps its memory until the next one in its session.
      await used.session.queryAsync("SELECT 1").catch(() => undefined);
      used.session.close();
      throw error;
    }
  }

  private take(key: string): Used {
    const used = this.idle.get(key)?.pop();
    if (!used) return { session: new Session(this.path), changed: new Set() };
    this.idleCount--;
    return used;
  }

  private giveBack(key: string, used: Used, reusable: boolean): void {
    if (!reusable || this.idleCount >= MAX_IDLE) {
      used.session.close();
      return;
    }
    const list = this.idle.get(key);
    if (list) list.push(used);
    else this.idle.set(key, [used]);
    this.idleCount++;
  }

  close(): void {
    for (const list of this.idle.values()) for (const { session } of list) session.close();
    this.idle.clear();
    this.idleCount = 0;
  }
}

/** Sets what is needed and takes back what is not. `readonly` does not hinder the other settings of the same SET. */
function preparation(needs: SessionNeeds, changed: Set<string>): string {
  // `clickhouse local`, which the library is built on, differs from a server in the first two.
  const settings = new Map([["implicit_select", "0"], ["allow_introspection_functions", "0"], ...needs.settings]);
  const assignments = [
    ...[...needs.parameters].map(([name, value]) => `${quoteIdentifier(`param_${name}`)} = ${quoteString(value)}`),
    ...[...changed].filter((name) => !settings.has(name)).map((name) => `${quoteIdentifier(name)} = DEFAULT`),
    ...[...settings].map(([name, value]) => `${quoteIdentifier(name)} = ${quoteString(value)}`),
  ];
  changed.clear();
  for (const name of settings.keys()) changed.add(name);
  return `USE ${quoteIdentifier(needs.database ?? "default")}; SET ${assignments.join(", ")}`;
}

export function quoteString(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function quoteIdentifier(name: string): string {
  return "`" + name.replaceAll("\\", "\\\\").replaceAll("`", "\\`") + "`";
}

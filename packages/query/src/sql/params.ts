/** A statement and the values bound to it. Values never become part of the text. */
export interface CompiledQuery {
  sql: string;
  params: Record<string, ParamValue>;
}

export type ParamValue = string | number | readonly string[] | readonly number[] | readonly bigint[];

/** Hands out `{p0:Type}` for values. Equal values share a parameter, which keeps the text short. */
export class Params {
  private readonly byValue = new Map<string, string>();
  private readonly values: Record<string, ParamValue> = {};

  bind(value: ParamValue, type: string): string {
    const key = JSON.stringify([type, value]);
    let text = this.byValue.get(key);
    if (text === undefined) {
      const name = `p${this.byValue.size}`;
      text = `{${name}:${type}}`;
      this.byValue.set(key, text);
      this.values[name] = isNumbers(type) && Array.isArray(value) ? value.map(BigInt) : value;
    }
    return text;
  }

  /** A point in time since the Unix epoch. */
  time(ns: bigint): string {
    return this.bind(String(ns), "Int64");
  }

  query(sql: string): CompiledQuery {
    return { sql, params: { ...this.values } };
  }
}

/** Lists of texts are sent quoted: what the database shall read as numbers must be numbers. */
function isNumbers(type: string): boolean {
  return /^Array\(U?Int/.test(type);
}

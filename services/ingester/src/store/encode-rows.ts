import { columnNames, encodeNative, TABLES } from "@heaphound/schema";
import type { TableRows } from "./tables.js";

/** The rows of one table in ClickHouse's Native format. Shares the columns' memory: send it before they change. */
export function encodeRows({ table, columns, rows }: TableRows): Buffer[] {
  const types: Readonly<Record<string, string>> = TABLES[table];
  const names: string[] = columnNames(table);
  const named = names.map((name) => {
    const column = columns[name];
    const type = types[name];
    if (!column || type === undefined) throw new Error(`a batch has no column ${name}`);
    return { name, type, values: column.values() };
  });
  return encodeNative(named, rows);
}

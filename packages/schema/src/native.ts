import { columnNames, TABLES, type ColumnTypes, type TableName } from "./tables.js";
import { encodeColumn, type ColumnValues } from "./native-column.js";
import { varint } from "./varint.js";

/** A value for each column of a table; a column may be an array with one entry per row, or `{ constant }`. */
export type TableValues<Table extends TableName> = {
  readonly [Column in keyof ColumnTypes<Table>]: ColumnValues<ColumnTypes<Table>[Column] & string>;
};

/** A column to encode when there is no table to take it from. */
export interface NativeColumn {
  name: string;
  type: string;
  values: ColumnValues<string>;
}

/**
 * One block of ClickHouse's Native format: column after column, so columns that are typed arrays already go out as they
 * are, without a copy. Send the buffers in order; do not change the arrays until then.
 *
 *     varint columns | varint rows | per column: name, type (varint length + bytes each), values of all rows
 */
export function encodeNative(columns: readonly NativeColumn[], rows: number): Buffer[] {
  if (new BigUint64Array(new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]).buffer)[0] !== 1n) {
    throw new Error("typed arrays are big-endian here: Native needs little-endian ones");
  }
  const out: Buffer[] = [Buffer.concat([varint(columns.length), varint(rows)])];
  for (const column of columns) {
    const type = insertType(column.type);
    out.push(Buffer.concat([prefixed(column.name), prefixed(type)]));
    try {
      encodeColumn(type, column.values, rows, out);
    } catch (error) {
      throw new Error(`column ${column.name} (${type}): ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
  return out;
}

/** The same for all columns of a table. */
export function encodeTable<Table extends TableName>(table: Table, rows: number, values: TableValues<Table>): Buffer[] {
  const types: Readonly<Record<string, string>> = TABLES[table];
  const byName: Readonly<Record<string, ColumnValues<string>>> = values;
  const columns = columnNames(table).map((name) => {
    const columnValues = byName[name];
    const type = types[name];
    if (columnValues === undefined || type === undefined) throw new Error(`no values for column ${table}.${name}`);
    return { name, type, values: columnValues };
  });
  return encodeNative(columns, rows);
}

/** Dictionaries are the server's business: text goes out as plain strings and is converted there. */
function insertType(type: string): string {
  return type.replace(/LowCardinality\(([^()]*)\)/g, "$1");
}

function prefixed(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([varint(bytes.length), bytes]);
}

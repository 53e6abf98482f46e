export { columnNames, TABLES, type ColumnName, type ColumnTypes, type TableName } from "./tables.js";
export { encodeNative, encodeTable, type NativeColumn, type TableValues } from "./native.js";
export type { ColumnValues, Nested } from "./native-column.js";

export { columnNames, TABLES, type ColumnName, type ColumnTypes, type TableName } from "./tables.js";
export { encodeNative, encodeTable, type NativeColumn, type TableValues } from "./native.js";
export type { ColumnValues, Nested } from "./native-column.js";
export { DEFAULT_DATABASE, migrate, type MigrateOptions, type MigrateResult } from "./migrate.js";
export { readMigrations, type Migration } from "./migrations.js";
export { renderMigration, type Target } from "./render.js";

import { checkColumnSize, unzstd } from "../decompress.js";
import { WireError } from "../error.js";
import { Column_Compression, Column_Kind } from "../gen/heaphound/v1/ingest_pb.js";

export interface PackedColumn {
  /** A Column_Compression, if it is one that is known here. */
  compression: number;
  sizeBytes: number;
  data: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** The columns of a block as they came, each at most once. */
export class ColumnSet {
  private readonly columns: (PackedColumn | undefined)[] = [];

  add(kind: number, column: PackedColumn): void {
    // A kind that is not known here may change what the others mean, so it is not skipped.
    if (kind === 0 || !(kind in Column_Kind)) {
      throw new WireError("bad_column", `column kind ${kind} is unknown`);
    }
    if (this.columns[kind]) throw new WireError("bad_column", `column ${Column_Kind[kind]} comes twice`);
    checkColumnSize(column.sizeBytes, Column_Kind[kind] ?? "");
    this.columns[kind] = column;
  }

  has(kind: Column_Kind): boolean {
    return this.columns[kind] !== undefined;
  }

  /** The column's bytes, decompressed; nothing when the block has no such column. */
  bytes(kind: Column_Kind): Uint8Array {
    const column = this.columns[kind];
    if (!column) return NO_BYTES;
    const name = Column_Kind[kind];
    switch (Column_Compression[column.compression]) {
      case "ZSTD":
        return unzstd(column.data, column.sizeBytes, name);
      case "NONE":
        if (column.data.length !== column.sizeBytes) {
          throw new WireError(
            "bad_column",
            `${name} declares ${column.sizeBytes} bytes but holds ${column.data.length}`,
          );
        }
        return column.data;
      default:
        throw new WireError("bad_column", `${name} has the unknown compression ${String(column.compression)}`);
    }
  }
}

import { varint32Length, writeVarint32 } from "./varint.js";

type Typed =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float64Array;

interface Numbers {
  UInt8: Uint8Array;
  UInt16: Uint16Array;
  UInt32: Uint32Array;
  UInt64: BigUint64Array;
  Int8: Int8Array;
  Int16: Int16Array;
  Int32: Int32Array;
  Int64: BigInt64Array;
  Float64: Float64Array;
  Bool: Uint8Array;
}

/** Rows of an Array column: where each row ends (counted in elements, ascending), and all elements in one column. */
export interface Nested<Values> {
  ends: BigUint64Array;
  elements: Values;
}

/** One array entry per row, or the bytes that the database would store: little-endian, rows one after the other. */
type RowValues<Type extends string> = Type extends keyof Numbers
  ? Numbers[Type] | Uint8Array
  : Type extends "String"
    ? readonly (string | Uint8Array)[]
    : Type extends `FixedString(${string})`
      ? Uint8Array
      : Type extends `LowCardinality(${infer Inner})`
        ? RowValues<Inner>
        : Type extends `Array(${infer Inner})`
          ? Nested<RowValues<Inner>> | readonly (readonly Scalar<Inner>[])[]
          : Typed | readonly (string | Uint8Array)[] | readonly (readonly Scalar<string>[])[] | Nested<unknown>;

type Scalar<Type extends string> = Type extends "UInt64" | "Int64"
  ? bigint
  : Type extends keyof Numbers
    ? number
    : Type extends "String"
      ? string | Uint8Array
      : number | bigint | string | Uint8Array;

/** Values of a column: one per row, or one for all. */
export type ColumnValues<Type extends string> = RowValues<Type> | { readonly constant: Scalar<Type> | boolean };

const WIDTHS: Readonly<Record<keyof Numbers, number>> = {
  UInt8: 1,
  UInt16: 2,
  UInt32: 4,
  UInt64: 8,
  Int8: 1,
  Int16: 2,
  Int32: 4,
  Int64: 8,
  Float64: 8,
  Bool: 1,
};

/** Appends a column's values. Throws when they do not fit the type or the number of rows. */
export function encodeColumn(type: string, values: unknown, rows: number, out: Buffer[]): void {
  if (isConstant(values)) {
    encodeConstant(type, values.constant, rows, out);
    return;
  }
  const width = fixedWidth(type);
  if (width !== undefined) {
    if (!ArrayBuffer.isView(values)) throw new Error("expected a typed array");
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    expectLength(bytes.length, rows * width, "bytes");
    if (rows > 0) out.push(bytes);
    return;
  }
  if (type === "String") {
    if (!Array.isArray(values)) throw new Error("expected an array of strings or bytes");
    expectLength(values.length, rows, "rows");
    out.push(encodeStrings(values));
    return;
  }
  const element = /^Array\((.*)\)$/.exec(type)?.[1];
  if (element === undefined) throw new Error(`type ${type} cannot be encoded`);
  encodeArrays(element, values, rows, out);
}

function encodeArrays(element: string, values: unknown, rows: number, out: Buffer[]): void {
  const { ends, elements } = isNested(values) ? values : flatten(element, values);
  expectLength(ends.length, rows, "rows");
  if (rows > 0) out.push(Buffer.from(ends.buffer, ends.byteOffset, ends.byteLength));
  encodeColumn(element, elements, Number(ends.at(-1) ?? 0n), out);
}

/** `[[1, 2], [], [3]]` becomes ends 2, 2, 3 and elements 1, 2, 3. */
function flatten(element: string, values: unknown): Nested<unknown> {
  if (!Array.isArray(values)) throw new Error("expected an array of arrays, or ends and elements");
  const lists: readonly unknown[] = values;
  const ends = new BigUint64Array(lists.length);
  const all: unknown[] = [];
  lists.forEach((list, row) => {
    if (!Array.isArray(list)) throw new Error(`row ${row} is not an array`);
    for (const item of list) all.push(item);
    ends[row] = BigInt(all.length);
  });
  return { ends, elements: fixedWidth(element) === undefined ? all : fixedBytes(element, all) };
}

function encodeConstant(type: string, value: unknown, rows: number, out: Buffer[]): void {
  const one = type === "String" ? encodeStrings([value]) : fixedBytes(type, [value]);
  // `fill` repeats the pattern.
  out.push(Buffer.alloc(one.length * rows, one));
}

function encodeStrings(values: readonly unknown[]): Buffer {
  let size = 0;
  for (const value of values) {
    const length = typeof value === "string" ? Buffer.byteLength(value) : bytesOf(value).length;
    size += varint32Length(length) + length;
  }
  const target = Buffer.allocUnsafe(size);
  let position = 0;
  for (const value of values) {
    if (typeof value === "string") {
      position = writeVarint32(target, Buffer.byteLength(value), position);
      position += target.write(value, position, "utf8");
    } else {
      const bytes = bytesOf(value);
      position = writeVarint32(target, bytes.length, position);
      target.set(bytes, position);
      position += bytes.length;
    }
  }
  return target;
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new Error(`expected a string or bytes, got ${typeof value}`);
}

const WRITERS: Readonly<Record<keyof Numbers, (target: Buffer, value: number | bigint, offset: number) => void>> = {
  UInt8: (target, value, offset) => target.writeUInt8(Number(value), offset),
  UInt16: (target, value, offset) => target.writeUInt16LE(Number(value), offset),
  UInt32: (target, value, offset) => target.writeUInt32LE(Number(value), offset),
  UInt64: (target, value, offset) => target.writeBigUInt64LE(BigInt(value), offset),
  Int8: (target, value, offset) => target.writeInt8(Number(value), offset),
  Int16: (target, value, offset) => target.writeInt16LE(Number(value), offset),
  Int32: (target, value, offset) => target.writeInt32LE(Number(value), offset),
  Int64: (target, value, offset) => target.writeBigInt64LE(BigInt(value), offset),
  Float64: (target, value, offset) => target.writeDoubleLE(Number(value), offset),
  Bool: (target, value, offset) => target.writeUInt8(Number(value), offset),
};

function fixedBytes(type: string, values: readonly unknown[]): Buffer {
  const width = fixedWidth(type) ?? 0;
  const target = Buffer.alloc(width * values.length);
  values.forEach((value, i) => {
    if (isNumberType(type)) WRITERS[type](target, numberOf(value), i * width);
    else target.set(expectWidth(bytesOf(value), width), i * width);
  });
  return target;
}

function numberOf(value: unknown): number | bigint {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value === "boolean") return Number(value);
  throw new Error(`expected a number, got ${typeof value}`);
}

function expectWidth(bytes: Uint8Array, width: number): Uint8Array {
  expectLength(bytes.length, width, "bytes");
  return bytes;
}

function fixedWidth(type: string): number | undefined {
  if (isNumberType(type)) return WIDTHS[type];
  const width = /^FixedString\((\d+)\)$/.exec(type)?.[1];
  return width === undefined ? undefined : Number(width);
}

function isNumberType(type: string): type is keyof Numbers {
  return type in WIDTHS;
}

function isConstant(values: unknown): values is { constant: unknown } {
  return typeof values === "object" && values !== null && "constant" in values;
}

function isNested(values: unknown): values is Nested<unknown> {
  return typeof values === "object" && values !== null && "ends" in values && "elements" in values;
}

function expectLength(actual: number, expected: number, unit: string): void {
  if (actual !== expected) throw new Error(`${actual} ${unit} where ${expected} are expected`);
}

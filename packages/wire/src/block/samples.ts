import { ByteReader } from "../byte-reader.js";
import { WireError } from "../error.js";

/** Applies ALLOCATION_SAMPLE or LATE_SAMPLE: runs of (sampling interval, number of events), none at all when all are 0. */
export function decodeSamples(bytes: Uint8Array, name: string, into: Float64Array, count: number): void {
  into.fill(0, 0, count);
  if (bytes.length === 0) return;
  const column = new ByteReader();
  column.reset(bytes, name);
  let index = 0;
  while (!column.atEnd) {
    const sampleBytes = column.wireNumber();
    const end = index + column.varint();
    if (end > count)
      throw new WireError("count_mismatch", `${name} covers more than the ${count} events that there are`);
    into.fill(sampleBytes, index, end);
    index = end;
  }
  column.finish();
  if (index < count) throw new WireError("column_too_short", `${name} covers ${index} of ${count} events`);
}

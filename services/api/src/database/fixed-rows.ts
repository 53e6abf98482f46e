/** Regroups chunks so that each holds whole rows of a fixed width. */
export async function* wholeRows(chunks: AsyncIterable<Buffer>, rowBytes: number): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = joined.length - (joined.length % rowBytes);
    if (whole > 0) yield joined.subarray(0, whole);
    rest = joined.subarray(whole);
  }
  if (rest.length > 0) throw new Error(`the database sent ${rest.length} bytes of a row of ${rowBytes}`);
}

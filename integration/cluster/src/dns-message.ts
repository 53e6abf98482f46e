// As much of RFC 1035 as a cluster's resolver needs: one question in, addresses out.
export interface Question {
  id: number;
  name: string;
  type: number;
  /** Header and question as they came, to be repeated in the answer. */
  bytes: Buffer;
}

export const typeA = 1;
const classIn = 1;
const ttlSeconds = 2;
const noSuchName = 3;

export function readQuestion(message: Buffer): Question | undefined {
  const labels: string[] = [];
  let at = 12;
  for (;;) {
    const length = message[at];
    if (length === undefined || length > 63) return undefined;
    if (length === 0) break;
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  if (message.length < end) return undefined;
  const name = labels.join(".").toLowerCase();
  return { id: message.readUInt16BE(0), name, type: message.readUInt16BE(at + 1), bytes: message.subarray(0, end) };
}

/** undefined: there is no such name. No address: the name exists, but has no record of this type. */
export function writeAnswer(question: Question, addresses: readonly string[] | undefined): Buffer {
  const header = Buffer.from(question.bytes);
  const records = (addresses ?? []).map(record);
  const flags = 0x8580 | (addresses === undefined ? noSuchName : 0);
  for (const [offset, value] of [
    [2, flags],
    [4, 1],
    [6, records.length],
    [8, 0],
    [10, 0],
  ] as const) {
    header.writeUInt16BE(value, offset);
  }
  return Buffer.concat([header, ...records]);
}

function record(address: string): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16BE(0xc00c, 0); // the name at byte 12
  bytes.writeUInt16BE(typeA, 2);
  bytes.writeUInt16BE(classIn, 4);
  bytes.writeUInt32BE(ttlSeconds, 6);
  bytes.writeUInt16BE(4, 10);
  bytes.set(address.split(".").map(Number), 12);
  return bytes;
}

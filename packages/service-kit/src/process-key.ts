import { AppError } from "./errors.js";

const UINT64_MAX = 2n ** 64n - 1n;

/** The 64-bit key of one run of one process as people and URLs write it: 16 lower-case hex digits. */
export function formatProcessKey(key: bigint): string {
  if (key < 0n || key > UINT64_MAX) throw new RangeError(`process key ${key} does not fit 64 bits`);
  return key.toString(16).padStart(16, "0");
}

/** True for a complete key; a prefix of one is for `processKeyRange`. */
export function isProcessKey(text: string): boolean {
  return /^[0-9a-f]{16}$/i.test(text);
}

/** Reads a complete key. */
export function parseProcessKey(text: string): bigint {
  if (!isProcessKey(text)) throw badKey(text);
  return BigInt(`0x${text}`);
}

/** All keys that begin with these hex digits, as an inclusive range: `ab` is ab00000000000000 to abffffffffffffff. */
export function processKeyRange(prefix: string): { first: bigint; last: bigint } {
  if (!/^[0-9a-f]{1,16}$/i.test(prefix)) throw badKey(prefix);
  const digits = prefix.toLowerCase();
  return { first: BigInt(`0x${digits.padEnd(16, "0")}`), last: BigInt(`0x${digits.padEnd(16, "f")}`) };
}

function badKey(text: string): AppError {
  return new AppError(`${JSON.stringify(text)} is not a process key`, {
    code: "bad_process_key",
    advice: "A process key is 16 hex digits, or a prefix of them; `heaphound ls` lists the keys.",
    httpStatus: 400,
  });
}

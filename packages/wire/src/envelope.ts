import { WireError } from "./error.js";
import { FieldReader } from "./fields.js";
import { MAX_MESSAGE_BYTES, MAX_SMALL_MESSAGE_BYTES } from "./limits.js";

export type ClientMessageKind = "hello" | "dictionary" | "block" | "binaryChunk" | "goodbye";

/** One ClientMessage: which of its messages it holds, and the bytes of that (a view). */
export interface Envelope {
  kind: ClientMessageKind;
  body: Uint8Array;
}

const KINDS: readonly (ClientMessageKind | undefined)[] = [
  undefined,
  "hello",
  "dictionary",
  "block",
  "binaryChunk",
  "goodbye",
];
const SMALL: ReadonlySet<ClientMessageKind> = new Set(["hello", "binaryChunk", "goodbye"]);

/** Looks only at the outermost layer of a ClientMessage, so that blocks need no generic decoding. */
export function readEnvelope(message: Uint8Array): Envelope {
  if (message.length > MAX_MESSAGE_BYTES) {
    throw new WireError(
      "message_too_large",
      `a message of ${message.length} bytes, at most ${MAX_MESSAGE_BYTES} are allowed`,
    );
  }
  const fields = new FieldReader(message, "ClientMessage");
  if (!fields.next()) throw new WireError("malformed_message", "a ClientMessage is empty");
  const kind = KINDS[fields.number];
  if (kind === undefined)
    throw new WireError("malformed_message", `ClientMessage has an unknown field ${fields.number}`);
  const body = fields.data();
  if (fields.next()) throw new WireError("malformed_message", "ClientMessage holds more than one message");
  if (SMALL.has(kind) && body.length > MAX_SMALL_MESSAGE_BYTES) {
    throw new WireError(
      "message_too_large",
      `a ${kind} of ${body.length} bytes, at most ${MAX_SMALL_MESSAGE_BYTES} are allowed`,
    );
  }
  return { kind, body };
}

import { HelloSchema, Mode, PROTOCOL_VERSION, type Hello } from "@heaphound/wire";
import { RejectedError } from "../errors.js";
import { parseMessage } from "./parse.js";

/** Reads and checks the first message of a stream. Throws RejectedError. */
export function readHello(body: Uint8Array): Hello {
  const hello = parseMessage(HelloSchema, body);
  if (hello.protocolVersion !== PROTOCOL_VERSION) {
    throw new RejectedError(
      "unknown_version",
      `this ingester speaks protocol version ${PROTOCOL_VERSION}, the client version ${hello.protocolVersion}: use a preload library and an ingester of one release`,
    );
  }
  if (hello.process === 0n) throw new RejectedError("bad_hello", "Hello has no process key");
  if (hello.nextSequence < 1n || hello.nextSequence > 0xffffffffn) {
    throw new RejectedError(
      "bad_hello",
      `Hello wants to go on at block ${hello.nextSequence}; blocks are numbered from 1`,
    );
  }
  if (hello.startedUnixNs >= 1n << 63n)
    throw new RejectedError("bad_hello", "Hello's start time is after the year 2262");
  return hello;
}

/** "exact", "cull" ...; empty when unspecified. */
export function modeName(mode: number): string {
  const names: Record<number, string> = Mode; // a newer client may have more
  return mode === 0 ? "" : (names[mode]?.toLowerCase() ?? "");
}

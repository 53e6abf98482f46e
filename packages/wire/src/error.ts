/** Why bytes are not what docs/wire.md describes. The codes are metric labels, so the list is short and closed. */
export type WireReason =
  | "malformed_message" // not protobuf, or not exactly one known message
  | "message_too_large"
  | "malformed_recording" // a file that does not start with HEAPHND1, or with an impossible frame
  | "number_out_of_range" // a varint of more than 10 bytes, or a value that no program can have
  | "too_many_events"
  | "count_mismatch" // event, allocation, node, stack or thread counts that disagree with the columns
  | "bad_column" // unknown, repeated, too large, or not what its declared size says
  | "column_too_short"
  | "column_too_long" // bytes left over when all events are decoded
  | "unknown_stack"
  | "unknown_allocation" // a deallocation of an allocation that is not in the block, or late and not before it
  | "double_free"
  | "bad_prediction" // an address predicted from an empty list
  | "bad_event" // reserved bits, unknown kinds
  | "bad_dictionary"; // ids with gaps, parents that come later, stacks of unknown nodes

/** Bytes that break a rule of docs/wire.md. `reason` is for counters, the message for people. */
export class WireError extends Error {
  override readonly name = "WireError";

  constructor(
    readonly reason: WireReason,
    readonly detail: string,
  ) {
    super(`${reason}: ${detail}`);
  }
}

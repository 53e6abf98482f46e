import { status } from "@grpc/grpc-js";
import { WireError, type WireReason } from "@heaphound/wire";

/** Why a stream was refused or ended. The codes are metric labels. */
export type RejectReason =
  | WireReason
  | "unexpected_message"
  | "unknown_version"
  | "bad_hello"
  | "hello_timeout"
  | "sequence_gap"
  | "allocation_order"
  | "too_many_streams"
  | "superseded"
  | "no_token"
  | "token_refused"
  | "identity_unavailable"
  | "foreign_process"
  | "not_the_injector"
  | "namespace_streams"
  | "internal";

/** Ends one stream with a status that its client and a person understand. Other streams are not touched. */
export class RejectedError extends Error {
  override readonly name = "RejectedError";

  constructor(
    readonly reason: RejectReason,
    message: string,
    readonly code: status = status.INVALID_ARGUMENT,
  ) {
    super(message);
  }

  /** Anything that went wrong with what a client sent; undefined when the fault is ours. */
  static of(error: unknown): RejectedError | undefined {
    if (error instanceof RejectedError) return error;
    if (!(error instanceof WireError)) return undefined;
    const code = error.reason === "message_too_large" ? status.RESOURCE_EXHAUSTED : status.INVALID_ARGUMENT;
    return new RejectedError(error.reason, error.detail, code);
  }
}

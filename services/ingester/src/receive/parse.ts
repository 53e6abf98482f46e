import { fromBinary, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { errorMessage } from "@heaphound/service-kit";
import { RejectedError } from "../errors.js";

/** Reads a small message by its generated description. Throws RejectedError. */
export function parseMessage<S extends DescMessage>(schema: S, body: Uint8Array): MessageShape<S> {
  try {
    return fromBinary(schema, body);
  } catch (error) {
    throw new RejectedError("malformed_message", `${schema.name} is not readable: ${errorMessage(error)}`);
  }
}

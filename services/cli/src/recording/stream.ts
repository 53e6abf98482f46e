import { once } from "node:events";
import { Client, status, type ClientDuplexStream, type ServiceError, type StatusObject } from "@grpc/grpc-js";
import { fromBinary } from "@bufbuild/protobuf";
import { ServerMessageSchema, type ServerMessage } from "@heaphound/wire";
import { ingestTarget } from "./target.js";

type Call = ClientDuplexStream<Uint8Array, ServerMessage>;

const METHOD = "/heaphound.v1.Ingest/Stream";
const MESSAGE_BYTES = 8 * 2 ** 20 + 1024;

/** A stream of ClientMessages to an ingester, as a profiled process opens one. */
export class IngestStream {
  readonly ended: Promise<ServiceError | null>;
  private readonly client: Client;
  private readonly call: Call;

  constructor(server: string, onMessage: (message: ServerMessage) => void) {
    const { address, credentials, metadata } = ingestTarget(server);
    this.client = new Client(address, credentials, {
      "grpc.max_send_message_length": MESSAGE_BYTES,
      "grpc.max_receive_message_length": MESSAGE_BYTES,
    });
    metadata.set("heaphound-import", "1");
    this.call = this.client.makeBidiStreamRequest(
      METHOD,
      (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      (bytes: Buffer) => fromBinary(ServerMessageSchema, bytes),
      metadata,
    );
    this.call.on("data", onMessage);
    this.ended = new Promise((resolve) => {
      // Cancelling after a first error is a second one, which must not end the program.
      this.call.on("error", (error: ServiceError) => resolve(error));
      this.call.once("status", ({ code }: StatusObject) => {
        if (code === status.OK) resolve(null);
      });
    });
  }

  /** Waits while the ingester is not keeping up. */
  async send(message: Uint8Array): Promise<void> {
    // A binary that is asked for while the stream ends already has no way any more; whoever sends it next is asked again.
    if (this.call.writableEnded || this.call.write(message)) return;
    const drained = once(this.call, "drain").catch(() => undefined);
    await Promise.race([drained, this.ended]);
  }

  end(): void {
    this.call.end();
  }

  close(): void {
    this.call.cancel();
    this.client.close();
  }
}

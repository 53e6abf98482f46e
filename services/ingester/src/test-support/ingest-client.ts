import { once } from "node:events";
import { create, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import {
  Client,
  credentials,
  Metadata,
  type ClientDuplexStream,
  type ServiceError,
  type StatusObject,
} from "@grpc/grpc-js";
import { clientMessage, HelloSchema, ServerMessageSchema, type ServerMessage } from "@heaphound/wire";

type ServerMessageOf<K> = Extract<ServerMessage["message"], { case: K }>["value"];

export interface Ended {
  code: number;
  details: string;
}

/** A stream as a profiled process opens it, message by message. */
export class IngestClient {
  readonly messages: ServerMessage[] = [];
  readonly ended: Promise<Ended>;
  acked = 0;
  private readonly client: Client;
  private readonly call: ClientDuplexStream<Uint8Array, ServerMessage>;
  private wake: () => void = () => undefined;
  private status: Ended | null = null;

  constructor(url: string, options: { isImport?: boolean } = {}) {
    this.client = new Client(url, credentials.createInsecure(), { "grpc.max_send_message_length": -1 });
    const metadata = new Metadata();
    if (options.isImport) metadata.set("heaphound-import", "1");
    this.call = this.client.makeBidiStreamRequest(
      "/heaphound.v1.Ingest/Stream",
      (bytes: Uint8Array) => Buffer.from(bytes),
      (bytes: Buffer) => fromBinary(ServerMessageSchema, bytes),
      metadata,
    );
    this.call.on("data", (message: ServerMessage) => this.receive(message));
    this.ended = new Promise((resolve) => {
      const end = ({ code, details }: { code: number; details: string }): void => {
        this.status ??= { code, details };
        this.wake();
        resolve(this.status);
        this.client.close();
      };
      this.call.on("error", (error: ServiceError) => end(error));
      this.call.on("status", (status: StatusObject) => end(status));
    });
  }

  /** True while gRPC takes more; otherwise `drained()` tells when. */
  write(message: Uint8Array): boolean {
    return this.call.write(message);
  }

  async drained(): Promise<void> {
    await Promise.race([once(this.call, "drain"), this.ended]);
  }

  async send(message: Uint8Array): Promise<void> {
    if (!this.write(message)) await this.drained();
  }

  /** Sends Hello and returns the acknowledged sequence of Welcome. */
  async hello(hello: MessageInitShape<typeof HelloSchema>): Promise<number> {
    const value = create(HelloSchema, { protocolVersion: 1, nextSequence: 1n, executable: "/bin/test", ...hello });
    this.write(clientMessage({ case: "hello", value }));
    const { ackedSequence } = await this.next("welcome");
    return Number(ackedSequence);
  }

  /** The first message of this kind that has come or will come. Rejects when the stream ends before. */
  async next<K extends NonNullable<ServerMessage["message"]["case"]>>(kind: K): Promise<ServerMessageOf<K>> {
    for (;;) {
      const found = this.messages.find(({ message }) => message.case === kind);
      if (found) return found.message.value as ServerMessageOf<K>;
      await this.change();
    }
  }

  async untilAcked(sequence: number): Promise<void> {
    while (this.acked < sequence) await this.change();
  }

  /** Ends in good order: everything has been sent. */
  async end(): Promise<Ended> {
    this.call.end();
    return this.ended;
  }

  /** Goes away as a killed process does. */
  abort(): void {
    this.call.cancel();
    this.client.close();
  }

  private async change(): Promise<void> {
    if (this.status) throw new Error(`the stream ended with ${this.status.code}: ${this.status.details}`);
    await new Promise<void>((resolve) => (this.wake = resolve));
  }

  private receive(message: ServerMessage): void {
    this.messages.push(message);
    if (message.message.case === "ack") this.acked = Number(message.message.value.sequence);
    this.wake();
  }
}

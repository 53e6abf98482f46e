import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { status, type ServiceError } from "@grpc/grpc-js";
import {
  BlockSchema,
  ClientMessageSchema,
  DictionarySchema,
  HelloSchema,
  readEnvelope,
  type Hello,
  type ServerMessage,
} from "@heaphound/wire";
import { CliError, exitCodes } from "../errors.js";
import { RecordedBinaries } from "./binaries.js";
import { openMessages } from "./messages.js";
import { IngestStream } from "./stream.js";

export interface ReplayResult {
  hello: Hello;
  blocks: number;
  tornBytes: number;
}

/** One attempt to send a recording over one stream, as the process itself would have done. */
export class Replay {
  private readonly stream: IngestStream;
  private welcomed: (ackedSequence: bigint) => void = () => undefined;
  private readonly welcome = new Promise<bigint>((resolve) => (this.welcomed = resolve));
  private acked = 0n;
  private ackChanged: () => void = () => undefined;
  private failure: ServiceError | null | undefined = undefined;
  private readonly binaries: RecordedBinaries;

  constructor(server: string) {
    this.stream = new IngestStream(server, (message) => this.receive(message));
    this.binaries = new RecordedBinaries((message) => this.stream.send(message));
    void this.stream.ended.then((error) => {
      this.failure = error;
      this.ackChanged();
    });
  }

  /** Sends the file. Throws the stream's error, or a CliError about the file. onBytes tells how much has been read. */
  async send(file: string, onBytes: (bytes: number) => void): Promise<ReplayResult> {
    try {
      const result = await this.sendMessages(file, onBytes);
      this.stream.end();
      const error = await this.stream.ended;
      if (error !== null) throw error;
      return result;
    } finally {
      this.stream.close();
    }
  }

  private async sendMessages(file: string, onBytes: (bytes: number) => void): Promise<ReplayResult> {
    const { messages, bytesRead } = await openMessages(file);
    let hello: Hello | null = null;
    let last = 0n;
    let blocks = 0;
    for (;;) {
      const next = await messages.next();
      if (next.done === true) {
        if (hello === null) throw emptyRecording(file);
        await this.untilAcked(last);
        await this.binaries.settled();
        return { hello, blocks, tornBytes: next.value.tornBytes };
      }
      const { kind, body } = readEnvelope(next.value);
      if (kind === "hello") {
        hello = await this.greet(next.value, body);
      } else if (kind === "block") {
        last = await this.sendBlock(next.value, body);
        blocks++;
      } else if (kind === "goodbye") {
        await this.untilAcked(last); // by then all binaries have been asked for
        await this.binaries.settled();
        await this.stream.send(next.value);
      } else {
        if (kind === "dictionary") this.binaries.defined(fromBinary(DictionarySchema, body));
        await this.stream.send(next.value);
      }
      onBytes(bytesRead());
      if (this.failure) throw this.failure;
    }
  }

  private async greet(message: Uint8Array, body: Uint8Array): Promise<Hello> {
    await this.stream.send(message);
    const acked = await Promise.race([this.welcome, this.stream.ended]);
    if (typeof acked !== "bigint") throw acked ?? closedEarly();
    this.acked = acked;
    return fromBinary(HelloSchema, body);
  }

  /** What is stored already is not sent again, only the definitions that later blocks refer to. */
  private async sendBlock(message: Uint8Array, body: Uint8Array): Promise<bigint> {
    const block = fromBinary(BlockSchema, body);
    this.binaries.defined(block.dictionary);
    if (block.sequence > this.acked) {
      await this.stream.send(message);
    } else if (block.dictionary !== undefined) {
      const repeated = create(ClientMessageSchema, { message: { case: "dictionary", value: block.dictionary } });
      await this.stream.send(toBinary(ClientMessageSchema, repeated));
    }
    return block.sequence;
  }

  private async untilAcked(sequence: bigint): Promise<void> {
    while (this.acked < sequence) {
      if (this.failure !== undefined) throw this.failure ?? closedEarly();
      await new Promise<void>((resolve) => (this.ackChanged = resolve));
    }
  }

  private receive({ message }: ServerMessage): void {
    if (message.case === "welcome") this.welcomed(message.value.ackedSequence);
    else if (message.case === "ack") {
      this.acked = message.value.sequence;
      this.ackChanged();
    } else if (message.case === "binaryRequest") this.binaries.answer(message.value);
  }
}

function closedEarly(): CliError {
  return new CliError("the ingester ended the stream before it had stored everything", {
    advice: "Its log says why; importing again goes on where this stopped.",
  });
}

function emptyRecording(file: string): CliError {
  return new CliError(`${file} holds no recording`, { advice: "The program ended before it recorded anything." });
}

/** True for errors after which the same import may succeed: the ingester was away or stopped. */
export function isTemporary(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === status.UNAVAILABLE || code === status.CANCELLED || code === status.RESOURCE_EXHAUSTED;
}

export function unreachable(server: string, cause: unknown): CliError {
  return new CliError(`the ingester at ${server} does not answer`, {
    advice: "`heaphound up` starts a local one; importing again goes on where this stopped.",
    exitCode: exitCodes.unreachable,
    cause,
  });
}

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import { formatProcessKey, type Logger } from "@heaphound/service-kit";
import {
  Goodbye_Reason,
  GoodbyeSchema,
  checkMemoryCalls,
  readBlockHeader,
  readDictionary,
  readEnvelope,
  ServerMessageSchema,
  type BlockDecoder,
  type BlockHeader,
  type Envelope,
  type Goodbye,
  type Hello,
  type ServerMessage,
} from "@heaphound/wire";
import { RejectedError } from "../errors.js";
import { applyIdentity } from "../identity/apply.js";
import type { Admission } from "../identity/stream-guard.js";
import type { IngesterMetrics } from "../metrics.js";
import { endReasonName } from "../store/process-row.js";
import type { StoredBlocks } from "../store/resume.js";
import { appendBlock, appendLoss } from "../store/rows.js";
import { endOf } from "../store/times.js";
import type { Wish } from "../store/wishes.js";
import type { Writer } from "../store/writer.js";
import type { Symbols } from "../symbols.js";
import { readHello } from "./hello.js";
import { parseMessage } from "./parse.js";
import type { PendingBlocks } from "./pending.js";
import { ProcessDefinitions } from "./process-definitions.js";
import { ProcessWatch } from "./process-watch.js";

/** What all sessions share. */
export interface SessionContext {
  writer: Writer;
  /** Decoding is synchronous, so one decoder serves all streams. */
  decoder: BlockDecoder;
  pending: PendingBlocks;
  symbols: Symbols;
  metrics: IngesterMetrics;
  log: Logger;
  refreshMs: number;
  /** Name that claims processes, where several ingesters share the database; else empty. */
  ingester: string;
  /** A process that runs has been welcomed. */
  welcomed(process: bigint): void;
  /** The row of a process that has said Hello is in the database. */
  started(hello: Hello): void;
  /** Rejects when the process is another pod's. */
  checkOwner(process: bigint, admission: Admission | undefined): Promise<void>;
  /** Ends an older stream of the process, waits until its blocks are settled, and looks up what the database has. */
  resume(session: Session, hello: Hello): Promise<StoredBlocks & { rowNs: bigint }>;
}

export interface Peer {
  send(message: ServerMessage): void;
  /** The client said that it imports a recording. */
  isImport: boolean;
  /** For logs. */
  address: string;
  /** Who it is, where that is asked. */
  admission: Admission | undefined;
}

/** What a session knows once the client has been welcomed. */
interface Established {
  hello: Hello;
  stored: StoredBlocks;
  definitions: ProcessDefinitions;
  watch: ProcessWatch;
  key: string;
}

/**
 * One stream: Hello, then dictionaries, then blocks in order, then Goodbye. `receive` is called for one message at a time
 * and waits while the writer is full, which pauses the call and so the client. Throws RejectedError or WireError for what
 * the client must not send; the caller ends the stream with it.
 */
export class Session {
  /** Key of the process, once it is known. */
  process: bigint | null = null;
  private established: Established | null = null;
  private sawBlock = false;
  private isSuperseded = false;
  private goodbye: Promise<void> | null = null;
  /** Revision of the settings that were sent last. */
  private settingsRevision = 0n;
  /** Sequence of the block before the next one, once there was one. */
  private received = 0;
  private nextAllocation = 0;
  private acked = 0;
  private settling: (() => void)[] = [];

  constructor(
    private readonly context: SessionContext,
    private readonly peer: Peer,
  ) {}

  /** Goodbye has come and everything is stored: the call may end. */
  get isFinished(): boolean {
    return this.goodbye !== null;
  }

  /** A newer stream of the same process takes over: from now on this one adds nothing. */
  supersede(): void {
    this.isSuperseded = true;
    this.established?.watch.abandon();
  }

  checkCurrent(): void {
    if (this.isSuperseded)
      throw new RejectedError("superseded", "a newer stream of the same process has taken over", status.ABORTED);
  }

  async receive(message: Uint8Array): Promise<void> {
    this.context.metrics.wireBytes.inc(message.length);
    const envelope = readEnvelope(message);
    if (this.goodbye) throw unexpected(envelope, "after Goodbye");
    if (!this.established) return this.greet(envelope);
    switch (envelope.kind) {
      case "hello":
        throw unexpected(envelope, "a second time");
      case "dictionary":
        return this.receiveDictionary(this.established, envelope);
      case "block":
        return this.receiveBlock(this.established, envelope.body, message.length);
      case "binaryChunk":
        return this.established.definitions.receiveBinary(envelope.body);
      case "goodbye":
        return this.receiveGoodbye(this.established, envelope.body);
    }
  }

  /** Resolves when every block that came is stored and acknowledged. */
  async settled(): Promise<void> {
    if (this.acked < this.received) await new Promise<void>((resolve) => this.settling.push(resolve));
  }

  /** The stream has ended, whoever ended it. `isComplete`: the client closed it in good order. */
  async end(isComplete: boolean): Promise<void> {
    if (!this.established) return;
    this.context.symbols.streamEnded(this.established.key);
    if (!this.goodbye && !this.isSuperseded) await this.established.watch.streamEnded(isComplete);
  }

  /** Tells the process what somebody wants of it; once, however often it is called. */
  sendSettings({ revision, mode, sampleBytes, cullMs, stop }: Wish): void {
    if (!this.established || this.isSuperseded || revision <= this.settingsRevision) return;
    this.settingsRevision = revision;
    this.send({ case: "settings", value: { mode, sampleBytes, cullMs, stop, revision } });
    this.context.log.info({ process: this.established.key, mode, stop }, "settings sent");
  }

  /** Tells readers of the process's data that something was refused. */
  async recordRejection(error: RejectedError, messageBytes: number): Promise<void> {
    if (!this.established) return;
    const { process } = this.established.hello;
    await this.context.writer.room();
    this.context.writer.append((tables) => {
      appendLoss(tables, {
        process,
        block: this.received + 1,
        kind: "rejected_block",
        count: 1,
        bytes: messageBytes,
        detail: `${error.reason}: ${error.message}`,
      });
    });
  }

  private async greet(envelope: Envelope): Promise<void> {
    if (envelope.kind !== "hello") throw unexpected(envelope, "before Hello");
    const hello = readHello(envelope.body);
    const { admission, isImport } = this.peer;
    applyIdentity(hello, admission);
    await this.context.checkOwner(hello.process, admission);
    this.process = hello.process;
    const stored = await this.context.resume(this, hello);
    this.checkCurrent();
    const key = formatProcessKey(hello.process);
    const watch = new ProcessWatch(this.context.writer, this.context.pending, hello, {
      isImport,
      workload: admission?.workload ?? "",
      ingester: this.context.ingester,
      rowNs: stored.rowNs,
    });
    this.established = { hello, stored, key, watch, definitions: this.definitionsOf(hello.process, key) };
    this.acked = stored.acked;
    await watch.start(this.context.refreshMs, () => this.context.started(hello));
    this.context.log.info(
      {
        process: key,
        pid: hello.pid,
        executable: hello.executable,
        peer: this.peer.address,
        ackedSequence: stored.acked,
      },
      "stream opened",
    );
    this.send({
      case: "welcome",
      value: { ackedSequence: BigInt(stored.acked), serverUnixNs: BigInt(Date.now()) * 1_000_000n },
    });
    if (!isImport) this.context.welcomed(hello.process);
  }

  private definitionsOf(process: bigint, key: string): ProcessDefinitions {
    const { writer, symbols, log } = this.context;
    const request = (value: { buildId: Uint8Array; module: number }): void =>
      this.send({ case: "binaryRequest", value });
    return new ProcessDefinitions({ process, key, writer, symbols, log, request });
  }

  private async receiveDictionary(established: Established, envelope: Envelope): Promise<void> {
    if (this.sawBlock) throw unexpected(envelope, "after a block");
    // Repeated definitions are stored already, unless the database has lost the blocks that brought them.
    const { definitions, stored } = established;
    await definitions.define(readDictionary(envelope.body), { block: 0, store: !stored.hasPredecessor });
  }

  private async receiveBlock(established: Established, body: Uint8Array, wireBytes: number): Promise<void> {
    const { metrics, writer, decoder, pending } = this.context;
    const header = readBlockHeader(body);
    this.checkOrder(established, header);
    metrics.blocks.inc();
    metrics.events.inc(header.eventCount);
    const isStored = header.sequence <= established.stored.acked;
    if (header.dictionary)
      await established.definitions.define(header.dictionary, { block: header.sequence, store: !isStored });
    await writer.room();
    this.checkCurrent();
    // From here to the end nothing waits: the decoder's columns are shared by all streams.
    const { hello, stored, watch } = established;
    const { state } = established.definitions.dictionary;
    decoder.decode(header, { stackCount: state.stackCount, hasFreeStacks: hello.freeStacks });
    checkMemoryCalls(header.extras.memoryCalls, state.stackCount);
    this.sawBlock = true;
    this.received = header.sequence;
    if (header.eventCount > 0) this.nextAllocation = header.firstAllocation + header.allocationCount;
    watch.sawEvents(endOf(header, decoder));
    if (isStored) return;
    metrics.countLosses(header.losses);
    pending.begin(hello.process);
    const parts = {
      allocations: stored.allocations.has(header.sequence),
      lateFrees: stored.lateFrees.has(header.sequence),
    };
    writer.append(
      (tables) => appendBlock(tables, { process: hello.process, header, decoder, wireBytes, stored: parts }),
      {
        process: hello.process,
        sequence: header.sequence,
        stored: () => this.blockStored(hello.process, header.sequence),
      },
    );
  }

  private checkOrder({ stored }: Established, header: BlockHeader): void {
    const { sequence } = header;
    if (this.sawBlock ? sequence !== this.received + 1 : sequence > stored.acked + 1) {
      const expected = this.sawBlock ? this.received + 1 : stored.acked + 1;
      throw new RejectedError("sequence_gap", `block ${sequence} came where block ${expected} was expected`);
    }
    if (header.eventCount > 0 && header.firstAllocation < this.nextAllocation) {
      throw new RejectedError(
        "allocation_order",
        `block ${sequence} starts at allocation ${header.firstAllocation}, but ${this.nextAllocation - 1} were made before it`,
      );
    }
  }

  private blockStored(process: bigint, sequence: number): void {
    this.context.pending.end(process);
    this.acked = sequence;
    this.send({ case: "ack", value: { sequence: BigInt(sequence) } });
    if (this.acked < this.received) return;
    for (const resolve of this.settling) resolve();
    this.settling = [];
  }

  private async receiveGoodbye({ watch, hello }: Established, body: Uint8Array): Promise<void> {
    const goodbye = parseMessage(GoodbyeSchema, body);
    const received = Math.max(this.received, this.acked);
    if (goodbye.reason === Goodbye_Reason.KILLED) await this.recordKill(hello.process, goodbye);
    if (goodbye.lastSequence > BigInt(received)) {
      throw new RejectedError("sequence_gap", `Goodbye names block ${goodbye.lastSequence}, but only ${received} came`);
    }
    // The client may be gone before everything is stored; its end is written all the same.
    this.goodbye = this.settled().then(() => watch.ended(goodbye.endedUnixNs, endReasonName(goodbye.reason)));
    await this.goodbye;
  }

  /** What a killed process could not hand over: readers see it as a loss. Said again it is the same row. */
  private async recordKill(
    process: bigint,
    { completeUnixNs, endedUnixNs, tornBytes, lastSequence }: Goodbye,
  ): Promise<void> {
    const unseenNs = endedUnixNs > completeUnixNs ? endedUnixNs - completeUnixNs : 0n;
    await this.context.writer.room();
    this.context.writer.append((tables) => {
      appendLoss(tables, {
        process,
        block: Number(lastSequence) + 1,
        kind: "unseen_end",
        count: 1,
        bytes: Number(tornBytes),
        detail: `killed: complete until ${unseenNs / 1_000_000n} ms before it was last known to live`,
      });
    });
  }

  private send(message: NonNullable<MessageInitShape<typeof ServerMessageSchema>["message"]>): void {
    this.peer.send(create(ServerMessageSchema, { message }));
  }
}

function unexpected({ kind }: Envelope, when: string): RejectedError {
  return new RejectedError("unexpected_message", `a ${kind} message came ${when}`);
}

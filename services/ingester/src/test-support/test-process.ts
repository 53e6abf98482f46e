import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  clientMessage,
  DictionaryBuilder,
  encodeEvents,
  Goodbye_Reason,
  makeBlock,
  type BlockParts,
  type DictionaryExtra,
  type HelloSchema,
  type WireEvent,
} from "@heaphound/wire";
import type { IngestClient } from "./ingest-client.js";

export const START_NS = 1_700_000_000_000_000_000n;
/** A tick is 100 ns, tick 0 is the process's start. */
export const NS_PER_TICK = 100;

/** What a profiled process would send: a deterministic source of blocks that can be sent again. */
export class TestProcess {
  readonly dictionary = new DictionaryBuilder();
  readonly blocks: Uint8Array[] = [];
  /** What each block has defined, for the dictionary of a new stream. */
  private readonly definitions: Uint8Array[] = [];
  nextAllocation = 1;

  constructor(
    readonly key: bigint,
    readonly hello: MessageInitShape<typeof HelloSchema> = {},
  ) {}

  /** Adds a block of these events; ticks of the events count from `baseTicks`. */
  addBlock(
    events: WireEvent[],
    options: { baseTicks?: number; define?: DictionaryExtra } & Partial<BlockParts> = {},
  ): void {
    const { baseTicks = 0, define, ...parts } = options;
    const encoded = encodeEvents(events, this.nextAllocation, this.hello.freeStacks);
    const dictionary = this.dictionary.take(define);
    const block = makeBlock(
      {
        sequence: this.blocks.length + 1,
        firstAllocation: this.nextAllocation,
        clock: {
          baseTicks: BigInt(baseTicks),
          baseUnixNs: START_NS + BigInt(baseTicks * NS_PER_TICK),
          nsPerTick: NS_PER_TICK,
        },
        dictionary,
        ...parts,
      },
      encoded,
    );
    this.nextAllocation += encoded.allocationCount;
    this.blocks.push(clientMessage({ case: "block", value: block }));
    this.definitions.push(clientMessage({ case: "dictionary", value: dictionary }));
  }

  /** Hello, then what the server does not know yet. Returns the sequence that Welcome acknowledged. */
  async open(client: IngestClient, nextSequence = 1): Promise<number> {
    const acked = await client.hello({
      process: this.key,
      startedUnixNs: START_NS,
      ...this.hello,
      nextSequence: BigInt(nextSequence),
    });
    for (const message of this.definitions.slice(0, acked)) await client.send(message);
    return acked;
  }

  /** The whole stream to its normal end. */
  async run(client: IngestClient): Promise<void> {
    const acked = await this.open(client);
    for (const message of this.blocks.slice(acked)) await client.send(message);
    await client.untilAcked(this.blocks.length);
    await client.send(this.goodbye());
    await client.ended;
  }

  goodbye(endedUnixNs = START_NS + 60_000_000_000n): Uint8Array {
    return clientMessage({
      case: "goodbye",
      value: {
        $typeName: "heaphound.v1.Goodbye",
        lastSequence: BigInt(this.blocks.length),
        endedUnixNs,
        reason: Goodbye_Reason.EXIT,
        completeUnixNs: 0n,
        tornBytes: 0n,
      },
    });
  }
}

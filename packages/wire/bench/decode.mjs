// How fast blocks are decoded, in one thread: `node packages/wire/bench/decode.mjs` (after `npm run build:ts`).
// The events are those of a busy program: 600 stacks, 20 % of the deallocations late, small sizes, addresses reused.
import { BlockDecoder, blockBytes, encodeEvents, makeBlock, readBlockHeader } from "../dist/index.js";
import { busyProgram } from "../dist/test-support/busy-program.js";

const EVENTS = 65_536;
const SECONDS = 3;

const program = busyProgram({ stackCount: 600, lateShare: 0.2, seed: 1 });
program.block(EVENTS); // the first block has nothing to free late
const firstAllocation = program.nextAllocation;
const events = program.block(EVENTS);
const encoded = encodeEvents(events, firstAllocation);
const bytes = blockBytes(makeBlock({ sequence: 2, firstAllocation, clock: program.clock }, encoded));

const decoder = new BlockDecoder();
const context = { stackCount: 600, hasFreeStacks: false };
const decodeOnce = () => decoder.decode(readBlockHeader(bytes), context);
for (let n = 0; n < 30; n++) decodeOnce();

let blocks = 0;
const start = process.hrtime.bigint();
let elapsed = 0;
while (elapsed < SECONDS * 1e9) {
  decodeOnce();
  blocks++;
  elapsed = Number(process.hrtime.bigint() - start);
}
const perSecond = (blocks * EVENTS * 1e9) / elapsed;
const pairs = encoded.allocationCount;
console.log(
  `${(perSecond / 1e6).toFixed(1)} M events/s, ${(bytes.length / pairs).toFixed(2)} wire bytes per allocation, ${(elapsed / blocks / 1e6).toFixed(2)} ms per block`,
);

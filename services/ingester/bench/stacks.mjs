import { DictionaryBuilder } from "@heaphound/wire";

/** Definitions of stacks of 20 frames that share some of them. */
export function stacksOf(count, process = 0) {
  const builder = new DictionaryBuilder();
  const frame = (depth, branch) => BigInt(0x400000 + 64 * (depth * 97 + branch));
  for (let n = 0; n < count; n++) {
    builder.stack(Array.from({ length: 20 }, (_, depth) => frame(20 - depth, depth < 4 ? n : n % (depth + 1))));
  }
  const module = {
    number: 1,
    path: `/bin/load-${process}`,
    buildId: Uint8Array.of(1, 2, 3, 4),
    executableRanges: [{ start: 0x400000n, size: 0x1000000n }],
    firstNode: 1,
  };
  return builder.take({ modules: [module] });
}

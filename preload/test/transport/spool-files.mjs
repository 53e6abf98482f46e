// What a spool file holds, read by the TypeScript reader, and held against the rules of the wire.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { ClientMessageSchema, readSpool } from "@heaphound/wire";

export function spoolFiles(directory) {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".spool"))
    .map((name) => join(directory, name));
}

/** All of it; throws what the reader throws. Definitions must have no gap. */
export async function readLeft(path) {
  const file = await open(path);
  try {
    const left = { hello: undefined, dictionaries: 0, blocks: [], goodbye: undefined, allocations: 0 };
    let nodeEnd = 1;
    let stackEnd = 1;
    const define = ({ firstNode, nodeCount, firstStack, stackCount }) => {
      if (nodeCount > 0) assert.equal(firstNode, nodeEnd, "nodes go on where they ended");
      if (stackCount > 0) assert.equal(firstStack, stackEnd, "stacks go on where they ended");
      nodeEnd += nodeCount;
      stackEnd += stackCount;
    };
    for await (const bytes of readSpool(file)) {
      const { case: kind, value } = fromBinary(ClientMessageSchema, bytes).message;
      if (kind === "hello") left.hello = value;
      if (kind === "goodbye") left.goodbye = value;
      if (kind === "dictionary") {
        left.dictionaries++;
        define(value);
      }
      if (kind !== "block") continue;
      assert.equal(value.sequence, left.hello.nextSequence + BigInt(left.blocks.length));
      if (value.dictionary) define(value.dictionary);
      left.blocks.push(value);
      left.allocations += value.allocationCount;
    }
    return left;
  } finally {
    await file.close().catch(() => {});
  }
}

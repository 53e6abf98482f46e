// An ingester for tests: real gRPC, real wire messages, and it checks what the protocol promises. It remembers per process
// what is stored, as the real one does, also when it is started again on the same port.
import { Server, logVerbosity, setLogVerbosity, status } from "@grpc/grpc-js";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { eventually } from "./client.mjs";
import { grpcCredentials, targetOf } from "./secure.mjs";
import { ClientMessageSchema, ServerMessageSchema } from "@heaphound/wire";

export { ServerCredentials } from "@grpc/grpc-js";

setLogVerbosity(logVerbosity.NONE); // a port that is still held is no news

const PATH = "/heaphound.v1.Ingest/Stream";
const NODES_PER_BLOCK = 10;

/** What survives a restart of the server. */
export class Store {
  processes = new Map();
  binaries = new Map();

  process(key) {
    const known = this.processes.get(key) ?? {
      blocks: [],
      acked: 0n,
      goodbye: undefined,
      streams: 0,
      dictionaries: [],
    };
    this.processes.set(key, known);
    return known;
  }

  /** The only process there is. */
  get single() {
    if (this.processes.size !== 1) throw new Error(`${this.processes.size} processes`);
    return [...this.processes.values()][0];
  }
}

/** Is the block what the driver made for this sequence? */
export function isWhole(block) {
  const data = block.columns[0].data;
  const base = Number((block.sequence * 31n) & 0xffn);
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== ((base + Math.floor(i / 7)) & 0xff)) return false;
  }
  return true;
}

/** A block of the driver: its contents and the dictionary's extent follow from its sequence. */
function checkDriverBlock(stream, block) {
  expect(isWhole(block), `block ${block.sequence} is damaged`);
  const defined = Number(block.sequence - 1n) * NODES_PER_BLOCK + 1;
  if (stream.process.blocks.length === 0 || stream.started) stream.dictionaryEnd = defined;
  expect(stream.dictionaryEnd === defined, `the dictionary ends at ${stream.dictionaryEnd}, not ${defined}`);
}

const DEFAULTS = {
  check: checkDriverBlock,
  welcome: true,
  gaps: false, // the client may have lost blocks
  ack: true, // true, false, or every how many blocks
  pauseMs: 0, // between reads
  requests: [], // binaries, sent when the first block comes
  settings: undefined,
  authorize: () => true,
  onBlock: () => {},
  onGoodbye: () => {}, // may take its time
  options: {},
  credentials: undefined,
};

/** Starts on `address`; port 0 takes a free one. `errors` collects what broke the protocol. */
export async function startServer(store, address, behaviour = {}) {
  const how = { ...DEFAULTS, ...behaviour };
  const errors = [];
  const calls = new Set();
  const server = new Server({ "grpc.max_receive_message_length": 8 << 20, ...how.options });
  server.addService(
    {
      Stream: {
        path: PATH,
        requestStream: true,
        responseStream: true,
        requestDeserialize: (bytes) => fromBinary(ClientMessageSchema, bytes),
        responseSerialize: (message) =>
          Buffer.from(toBinary(ServerMessageSchema, create(ServerMessageSchema, message))),
      },
    },
    {
      Stream: (call) => {
        calls.add(call);
        serve(call, { store, how, errors }).finally(() => calls.delete(call));
      },
    },
  );
  const port = await new Promise((resolve, reject) =>
    server.bindAsync(address, how.credentials ?? grpcCredentials(address), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return {
    port,
    errors,
    calls,
    target: address.startsWith("unix:") ? address : targetOf(port),
    kill: () => server.forceShutdown(),
    goAway: () => server.drain(`127.0.0.1:${port}`, 5000),
  };
}

/** After kill(): again on the same port, which may be held for a moment. */
export async function restartServer(store, old, behaviour) {
  let server;
  await eventually(async () => {
    server = await startServer(store, `127.0.0.1:${old.port}`, behaviour).catch(() => undefined);
    return server;
  }, "the port is free again");
  return server;
}

async function serve(call, { store, how, errors }) {
  if (!how.authorize(call.metadata)) {
    call.emit("error", { code: status.UNAUTHENTICATED, details: "the token has expired" });
    return;
  }
  const stream = { store, how, call, errors, process: undefined, next: 0n, dictionaryEnd: 1, uploads: new Map() };
  try {
    // A destroyed call could not tell its status any more.
    for await (const { message } of call.iterator({ destroyOnReturn: false })) {
      await take[message.case](stream, message.value);
      if (how.pauseMs) await new Promise((resolve) => setTimeout(resolve, how.pauseMs));
    }
    call.end();
  } catch (error) {
    const left = error.code === status.CANCELLED || error.code === "ERR_STREAM_PREMATURE_CLOSE";
    if (!left) errors.push(error);
    call.emit("error", { code: status.INTERNAL, details: error.message });
  }
}

function expect(condition, text) {
  if (!condition) throw new Error(text);
}

const take = {
  hello(stream, hello) {
    const { store, call, how } = stream;
    expect(stream.process === undefined, "a second Hello");
    expect(hello.protocolVersion === 1, `protocol ${hello.protocolVersion}`);
    stream.process = store.process(hello.process);
    stream.process.streams++;
    stream.process.nextSequence = hello.nextSequence;
    stream.process.userAgent = call.metadata.get("user-agent")[0];
    // As the ingester does: a client that has lost blocks begins behind them.
    if (how.gaps && hello.nextSequence > stream.process.acked) stream.process.acked = hello.nextSequence - 1n;
    stream.next = stream.process.acked + 1n;
    expect(hello.nextSequence <= stream.next, `lost blocks: client holds ${hello.nextSequence}, next ${stream.next}`);
    const ackedSequence = how.lie ? how.lie(stream.process.acked) : stream.process.acked;
    if (how.welcome) call.write({ message: { case: "welcome", value: { ackedSequence } } });
    if (how.settings) call.write({ message: { case: "settings", value: how.settings } });
  },

  dictionary(stream, dictionary) {
    if (dictionary.nodeCount > 0) {
      const { firstNode } = dictionary;
      expect(firstNode === stream.dictionaryEnd, `dictionary from ${firstNode}, not ${stream.dictionaryEnd}`);
      stream.dictionaryEnd += dictionary.nodeCount;
    }
    stream.process.dictionaries.push({ stream: stream.process.streams, end: stream.dictionaryEnd });
  },

  block(stream, block) {
    const { process, call, how } = stream;
    expect(block.sequence === stream.next, `block ${block.sequence} instead of ${stream.next}`);
    how.check(stream, block);
    const requests = stream.started ? [] : how.requests;
    for (const request of requests) call.write({ message: { case: "binaryRequest", value: request } });
    stream.started = true;
    stream.next++;
    process.blocks.push(block.sequence);
    how.onBlock(block, call);
    if (how.ack === true || (how.ack > 0 && process.blocks.length % how.ack === 0)) {
      process.acked = block.sequence;
      call.write({ message: { case: "ack", value: { sequence: block.sequence } } });
    }
  },

  /** A file grows in its stream, as two processes may upload the same one at once, and is stored when it has ended. */
  binaryChunk(stream, chunk) {
    const id = Buffer.from(chunk.buildId).toString("hex");
    const parts = stream.uploads.get(id) ?? { chunks: [], size: 0, ended: false, error: "", largest: 0 };
    stream.uploads.set(id, parts);
    if (chunk.error) {
      parts.error = chunk.error;
      parts.ended = true;
    } else {
      expect(Number(chunk.offset) === parts.size, `chunk at ${chunk.offset}, not ${parts.size}`);
      parts.chunks.push(chunk.data);
      parts.size += chunk.data.length;
      parts.largest = Math.max(parts.largest, chunk.data.length);
      parts.ended = chunk.data.length === 0 && chunk.offset === chunk.fileSize;
    }
    if (!parts.ended) return;
    stream.uploads.delete(id);
    stream.store.binaries.set(id, parts);
  },

  async goodbye(stream, goodbye) {
    await stream.how.onGoodbye();
    stream.process.goodbye = goodbye;
  },
};

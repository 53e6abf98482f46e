import { setDefaultHighWaterMark } from "node:stream";
import { toBinary } from "@bufbuild/protobuf";
import { Server as GrpcServer, type ServerCredentials, type ServiceDefinition } from "@grpc/grpc-js";
import { MAX_MESSAGE_BYTES, ServerMessageSchema, type ServerMessage } from "@heaphound/wire";
import { Server, Transport, type CustomTransportStrategy } from "@nestjs/microservices";
import type { ListenAddress } from "@heaphound/service-kit";
import type { GrpcService } from "../fleet/fleet-service.js";
import type { IngestCall } from "./sessions.js";

export const INGEST_SERVICE = "heaphound.v1.Ingest";
export const INGEST_METHOD = "Stream";

/** Requests stay bytes: Block is read by our own decoder (docs/adr/0003-raw-grpc-messages.md). */
const SERVICE: ServiceDefinition = {
  [INGEST_METHOD]: {
    path: `/${INGEST_SERVICE}/${INGEST_METHOD}`,
    requestStream: true,
    responseStream: true,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (message: ServerMessage) => Buffer.from(toBinary(ServerMessageSchema, message)),
    responseDeserialize: (bytes: Buffer) => bytes,
  },
};

/** Messages read ahead of the one that is being decoded, per stream. gRPC's default would be 16 messages of up to 8 MiB. */
const READ_AHEAD_MESSAGES = 2;

const KEEPALIVE_MS = 60_000;

/** A Nest transport that serves Ingest.Stream with raw request messages, for a controller's @GrpcStreamCall. */
export class RawGrpcServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Transport.GRPC;
  private readonly server = new GrpcServer({
    // Above the wire's own limit, so that a message slightly too large gets our reason and our counter.
    "grpc.max_receive_message_length": 2 * MAX_MESSAGE_BYTES,
    // A peer that vanished without closing its connection is noticed.
    "grpc.keepalive_time_ms": KEEPALIVE_MS,
    "grpc.keepalive_timeout_ms": KEEPALIVE_MS / 2,
    "grpc-node.flow_control_window": 1024 * 1024,
  });
  private port = 0;

  constructor(
    private readonly address: ListenAddress,
    private readonly credentials: ServerCredentials,
    /** Beside Ingest: calls that no controller of Nest handles. */
    private readonly others: readonly GrpcService[] = [],
  ) {
    super();
  }

  /** host:port, with the port that was really taken. */
  get url(): string {
    return `${this.address.host}:${this.port}`;
  }

  listen(callback: (error?: unknown) => void): void {
    const handler = this.messageHandlers.get(
      this.normalizePattern({ service: INGEST_SERVICE, rpc: INGEST_METHOD, streaming: "pt_stream" }),
    );
    if (!handler) throw new Error("no controller handles Ingest.Stream");
    setDefaultHighWaterMark(true, READ_AHEAD_MESSAGES);
    this.server.addService(SERVICE, { [INGEST_METHOD]: (call: IngestCall) => void handler(call) });
    for (const { definition, implementation } of this.others) this.server.addService(definition, implementation);
    const { host, port } = this.address;
    this.server.bindAsync(`${host}:${port}`, this.credentials, (error, boundPort) => {
      this.port = boundPort;
      callback(error ?? undefined);
    });
  }

  close(): void {
    this.server.forceShutdown();
  }

  on(): never {
    throw new Error("this transport has no events");
  }

  unwrap(): never {
    throw new Error("the gRPC server is not shared");
  }
}

import { readFile } from "node:fs/promises";
import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { Client, credentials, Metadata, type ChannelCredentials } from "@grpc/grpc-js";
import {
  Fleet,
  PodListSchema,
  PodReportSchema,
  PodReportStoredSchema,
  ReportedListSchema,
  type ReportedList,
} from "@heaphound/wire";

export interface FleetClientOptions {
  /** `https://HOST:PORT` or `http://HOST:PORT`. */
  server: string;
  /** Projected token for the ingester's audience; the kubelet replaces it. Never sent without TLS. */
  tokenFile: string | undefined;
  /** PEM of what signs the ingester's certificate; empty: the system's authorities. */
  caBundle: () => string;
}

const DEADLINE_MS = 20_000;

/**
 * The injector's calls to the ingester. Each round has a connection of its own: with several ingesters it meets all of them in
 * time, and each knows whom it has turned away.
 */
export class FleetClient {
  constructor(private readonly options: FleetClientOptions) {}

  /** Runs some calls on one connection. */
  async round<T>(work: (calls: FleetCalls) => Promise<T>): Promise<T> {
    const { server, tokenFile, caBundle } = this.options;
    const { protocol, host } = new URL(server.split(",")[0] ?? "");
    const isSecure = protocol === "https:";
    const client = new Client(host, channel(isSecure, caBundle()));
    const metadata = new Metadata();
    if (isSecure && tokenFile !== undefined)
      metadata.set("authorization", `Bearer ${(await readFile(tokenFile, "utf8")).trim()}`);
    try {
      return await work(new GrpcCalls(client, metadata));
    } finally {
      client.close();
    }
  }
}

function channel(isSecure: boolean, caBundle: string): ChannelCredentials {
  if (!isSecure) return credentials.createInsecure();
  return credentials.createSsl(caBundle === "" ? null : Buffer.from(caBundle));
}

/** What the injector says and asks on one connection. */
export interface FleetCalls {
  /** At most 1,000 pods. */
  reported(podUids: string[]): Promise<ReportedList>;
  record(report: MessageInitShape<typeof PodReportSchema>): Promise<void>;
}

class GrpcCalls implements FleetCalls {
  constructor(
    private readonly client: Client,
    private readonly metadata: Metadata,
  ) {}

  reported(podUids: string[]): Promise<ReportedList> {
    return this.call("Reported", [PodListSchema, ReportedListSchema], { podUids });
  }

  async record(report: MessageInitShape<typeof PodReportSchema>): Promise<void> {
    await this.call("Record", [PodReportSchema, PodReportStoredSchema], report);
  }

  private call<Request extends DescMessage, Response extends DescMessage>(
    method: string,
    [request, response]: [Request, Response],
    message: MessageInitShape<Request>,
  ): Promise<MessageShape<Response>> {
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        `/${Fleet.typeName}/${method}`,
        (value: MessageShape<Request>) => Buffer.from(toBinary(request, value)),
        (bytes: Buffer) => fromBinary(response, bytes),
        create(request, message),
        this.metadata,
        { deadline: Date.now() + DEADLINE_MS },
        (error, value) => {
          if (value) resolve(value);
          else reject(error ?? new Error("an empty answer"));
        },
      );
    });
  }
}

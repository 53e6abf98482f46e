import { create, fromBinary, toBinary, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import {
  status,
  type handleUnaryCall,
  type MethodDefinition,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { errorMessage, type Logger } from "@heaphound/service-kit";
import {
  Fleet,
  PodListSchema,
  PodReportSchema,
  PodReportStoredSchema,
  ReportedListSchema,
  type PodList,
  type PodReport,
  type PodReportStored,
  type ReportedList,
} from "@heaphound/wire";
import { RejectedError } from "../errors.js";
import type { StreamGuard } from "../identity/stream-guard.js";
import type { FleetStore } from "./fleet-store.js";
import type { Refusals } from "./refusals.js";

export interface FleetOptions {
  guard: StreamGuard;
  store: FleetStore;
  refusals: Refusals;
  log: Logger;
}

/** What gRPC's server wants: definitions of the calls, and who answers them. */
export interface GrpcService {
  definition: ServiceDefinition;
  implementation: UntypedServiceImplementation;
}

/** The injector's calls. */
export function fleetService(options: FleetOptions): GrpcService {
  const { store, refusals } = options;
  const reported = unary<PodList, ReportedList>(options, async ({ podUids }) =>
    create(ReportedListSchema, { containers: await store.reported(podUids), refused: refusals.all() }),
  );
  const record = unary<PodReport, PodReportStored>(options, async (report) => {
    await store.record(report);
    return create(PodReportStoredSchema);
  });
  return {
    definition: {
      Reported: method("Reported", PodListSchema, ReportedListSchema),
      Record: method("Record", PodReportSchema, PodReportStoredSchema),
    },
    implementation: { Reported: reported, Record: record },
  };
}

function method<Request extends DescMessage, Response extends DescMessage>(
  name: string,
  request: Request,
  response: Response,
): MethodDefinition<MessageShape<Request>, MessageShape<Response>> {
  return {
    path: `/${Fleet.typeName}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (message) => Buffer.from(toBinary(request, message)),
    requestDeserialize: (bytes) => fromBinary(request, bytes),
    responseSerialize: (message) => Buffer.from(toBinary(response, message)),
    responseDeserialize: (bytes) => fromBinary(response, bytes),
  };
}

/** Admits, answers, and turns what went wrong into a status. */
function unary<Request, Response>(
  { guard, log }: FleetOptions,
  answer: (request: Request) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    guard(call.metadata)
      .then(() => answer(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => {
          const rejected = RejectedError.of(error);
          log.warn({ peer: call.getPeer(), error: errorMessage(error) }, "a call about pods failed");
          callback(
            rejected
              ? { code: rejected.code, details: `${rejected.reason}: ${rejected.message}` }
              : { code: status.UNAVAILABLE, details: "the database does not take it now" },
          );
        },
      );
  };
}

import { Controller, Inject } from "@nestjs/common";
import { GrpcStreamCall } from "@nestjs/microservices";
import { INGEST_METHOD, INGEST_SERVICE } from "./grpc-server.js";
import { Sessions, type IngestCall } from "./sessions.js";

/** Where profiled processes and `heaphound import` connect. */
@Controller()
export class IngestController {
  constructor(@Inject(Sessions) private readonly sessions: Sessions) {}

  @GrpcStreamCall(INGEST_SERVICE, INGEST_METHOD)
  async stream(call: IngestCall): Promise<void> {
    await this.sessions.run(call);
  }
}

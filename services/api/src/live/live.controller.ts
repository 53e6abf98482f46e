import { Controller, Query, Sse, type MessageEvent } from "@nestjs/common";
import { ApiOkResponse, ApiTags, getSchemaPath } from "@nestjs/swagger";
import { z } from "@heaphound/service-kit";
import type { Observable } from "rxjs";
import { Parameters } from "../http/view-docs.js";
import { readQuery, type Query as QueryText } from "../views/parameters.js";
import { LiveService } from "./live-service.js";

const liveQuery = z.object({ process: z.string().max(300).optional() });

@ApiTags("live")
@Controller("live")
export class LiveController {
  constructor(private readonly live: LiveService) {}

  @Sse()
  @Parameters(["process"])
  @ApiOkResponse({ content: { "text/event-stream": { schema: { $ref: getSchemaPath("LiveUpdate") } } } })
  updates(@Query() query: QueryText): Promise<Observable<MessageEvent>> {
    return this.live.updates(readQuery(liveQuery, query).process);
  }
}

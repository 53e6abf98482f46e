import { Controller, Get, Param, Query } from "@nestjs/common";
import { ApiTags } from "@nestjs/swagger";
import type { ProcessDetail, ProcessList } from "@heaphound/query";
import { PROCESS_SORTS } from "@heaphound/query/server";
import { z } from "@heaphound/service-kit";
import { Answers, Parameters, ProcessParameter } from "../http/view-docs.js";
import { count, question, readQuery, type Query as QueryText } from "../views/parameters.js";
import { ProcessService } from "./process-service.js";

const listQuery = z.object({
  q: question,
  search: z.string().max(200).optional(),
  sort: z.enum(PROCESS_SORTS).default("started"),
  order: z.enum(["asc", "desc"]).default("desc"),
  limit: count(1, 1000).default(100),
  offset: count(0, 1_000_000).default(0),
});

@ApiTags("processes")
@Controller("processes")
export class ProcessesController {
  constructor(private readonly processes: ProcessService) {}

  @Get()
  @Parameters(["q", "search", "order", "limit", "offset"], PROCESS_SORTS)
  @Answers("ProcessList")
  list(@Query() query: QueryText): Promise<ProcessList> {
    const { q, ...rest } = readQuery(listQuery, query);
    return this.processes.list({ filter: q, ...rest });
  }

  @Get(":process")
  @ProcessParameter()
  @Answers("ProcessDetail")
  detail(@Param("process") process: string): Promise<ProcessDetail> {
    return this.processes.detail(process);
  }
}

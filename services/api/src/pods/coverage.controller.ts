import { Controller, Get, Query } from "@nestjs/common";
import { ApiTags } from "@nestjs/swagger";
import type { Coverage, CoveragePods } from "@heaphound/query";
import { z } from "@heaphound/service-kit";
import { Answers, Parameters } from "../http/view-docs.js";
import { count, readQuery, type Query as QueryText } from "../views/parameters.js";
import { CoverageService } from "./coverage-service.js";

const name = z.string().min(1).max(300).optional();
const scope = { namespace: name, workload: name };
const coverageQuery = z.object(scope);
const podsQuery = z.object({
  ...scope,
  pod: name,
  code: name,
  limit: count(1, 500).default(100),
  offset: count(0, 1_000_000).default(0),
});

@ApiTags("coverage")
@Controller("coverage")
export class CoverageController {
  constructor(private readonly service: CoverageService) {}

  @Get()
  @Parameters(["namespace", "workload"])
  @Answers("Coverage", "who asked for profiles, who got the library, who reports")
  coverage(@Query() query: QueryText): Promise<Coverage> {
    return this.service.coverage(readQuery(coverageQuery, query));
  }

  @Get("pods")
  @Parameters(["namespace", "workload", "pod", "code", "limit", "offset"])
  @Answers("CoveragePods", "pods one by one, those without profiles first")
  coveragePods(@Query() query: QueryText): Promise<CoveragePods> {
    return this.service.pods(readQuery(podsQuery, query));
  }
}

import { Controller, Get, Param, Query } from "@nestjs/common";
import { ApiTags } from "@nestjs/swagger";
import type { Allocations, Ending, Groups, Maps, Timeline, Tree } from "@heaphound/query";
import { ALLOCATION_SORTS, GROUP_SORTS } from "@heaphound/query/server";
import { EndingService } from "../ending/ending-service.js";
import { Answers, Parameters, ProcessParameter } from "../http/view-docs.js";
import { AllocationsService } from "./allocations-service.js";
import { GroupsService } from "./groups-service.js";
import { MapsService } from "./maps/maps-service.js";
import { readQuery, type Query as QueryText } from "./parameters.js";
import { TimelineService } from "./timeline-service.js";
import { TreeService } from "./tree-service.js";
import {
  allocationsQuery,
  endingQuery,
  groupsQuery,
  leaksQuery,
  mapsQuery,
  timelineQuery,
  treeQuery,
} from "./view-queries.js";

const WINDOW = ["q", "from", "to"];
const MEASURED = [...WINDOW, "at", "measure"];

@ApiTags("views")
@Controller("processes/:process")
export class ViewsController {
  constructor(
    private readonly timelines: TimelineService,
    private readonly trees: TreeService,
    private readonly stackGroups: GroupsService,
    private readonly rows: AllocationsService,
    private readonly addressSpaces: MapsService,
    private readonly endings: EndingService,
  ) {}

  @Get("timeline")
  @ProcessParameter()
  @Parameters([...WINDOW, "points"])
  @Answers("Timeline")
  timeline(@Param("process") process: string, @Query() query: QueryText): Promise<Timeline> {
    const { q, ...rest } = readQuery(timelineQuery, query);
    return this.timelines.timeline(process, { filter: q, ...rest });
  }

  @Get("tree")
  @ProcessParameter()
  @Parameters([...MEASURED, "weight", "minShare", "invert", "limit"])
  @Answers("Tree")
  tree(@Param("process") process: string, @Query() query: QueryText): Promise<Tree> {
    const { q, ...rest } = readQuery(treeQuery, query);
    return this.trees.tree(process, { filter: q, ...rest });
  }

  @Get("groups")
  @ProcessParameter()
  @Parameters([...MEASURED, "weight", "order", "limit", "offset"], GROUP_SORTS)
  @Answers("Groups")
  groups(@Param("process") process: string, @Query() query: QueryText): Promise<Groups> {
    const { q, sort, weight, ...rest } = readQuery(groupsQuery, query);
    return this.stackGroups.groups(process, { filter: q, sort: sort ?? weight, ...rest });
  }

  @Get("leaks")
  @ProcessParameter()
  @Parameters(["q", "limit"])
  @Answers("Groups", "measure leaked")
  leaks(@Param("process") process: string, @Query() query: QueryText): Promise<Groups> {
    const { q, limit } = readQuery(leaksQuery, query);
    const worst = { measure: "leaked", sort: "leakedBytes", order: "desc", offset: 0 } as const;
    return this.stackGroups.groups(process, { filter: q, limit, ...worst });
  }

  @Get("allocations")
  @ProcessParameter()
  @Parameters([...WINDOW, "order", "limit", "after"], ALLOCATION_SORTS)
  @Answers("Allocations")
  allocations(@Param("process") process: string, @Query() query: QueryText): Promise<Allocations> {
    const { q, ...rest } = readQuery(allocationsQuery, query);
    return this.rows.page(process, { filter: q, ...rest });
  }

  @Get("maps")
  @ProcessParameter()
  @Parameters(["at"])
  @Answers("Maps")
  maps(@Param("process") process: string, @Query() query: QueryText): Promise<Maps> {
    return this.addressSpaces.maps(process, readQuery(mapsQuery, query).at);
  }

  @Get("ending")
  @ProcessParameter()
  @Parameters(["window", "limit"])
  @Answers("Ending", "how it ended, and its last minute")
  ending(@Param("process") process: string, @Query() query: QueryText): Promise<Ending> {
    const { window, limit } = readQuery(endingQuery, query);
    return this.endings.ending(process, { windowNs: window, limit });
  }
}

import { Controller, Get, Query } from "@nestjs/common";
import { ApiTags } from "@nestjs/swagger";
import type { FleetEvents, FleetGroups, FleetTimeline, FleetValues } from "@heaphound/query";
import {
  FLEET_EVENT_KINDS,
  FLEET_SORTS,
  VALUE_FIELDS,
  type FleetEventKind,
  type ValueField,
} from "@heaphound/query/server";
import { z } from "@heaphound/service-kit";
import { Answers, ClockRange, OneOf, Parameters } from "../http/view-docs.js";
import { count, question, readQuery, type Query as QueryText } from "../views/parameters.js";
import { FleetService } from "./fleet-service.js";
import { clockRange, timeRange } from "./time-range.js";

const BY = ["all", "namespace", "workload", "pod", "container", "process"] as const;

const range = { q: question, ...clockRange };
const grouped = { ...range, by: z.enum(BY).default("workload"), sort: z.enum(FLEET_SORTS).default("live") };

const groupsQuery = z.object({ ...grouped, limit: count(1, 1000).default(100) });
const timelineQuery = z.object({
  ...grouped,
  limit: count(1, 200).default(20),
  points: count(1, 2000).default(300),
});
const valuesQuery = z.object({
  ...range,
  field: z.enum(VALUE_FIELDS as [ValueField, ...ValueField[]]),
  limit: count(1, 10_000).default(1000),
});
const eventsQuery = z.object({
  ...range,
  kind: z.enum(FLEET_EVENT_KINDS as unknown as [FleetEventKind, ...FleetEventKind[]]).optional(),
  limit: count(1, 1000).default(200),
});

@ApiTags("fleet")
@Controller("fleet")
export class FleetController {
  constructor(private readonly fleet: FleetService) {}

  @Get("groups")
  @ClockRange()
  @OneOf("by", BY)
  @Parameters(["q", "limit"], FLEET_SORTS)
  @Answers("FleetGroups")
  fleetGroups(@Query() query: QueryText): Promise<FleetGroups> {
    const { q, from, to, ...rest } = readQuery(groupsQuery, query);
    return this.fleet.groups({ filter: q, ...timeRange({ from, to }), ...rest });
  }

  @Get("timeline")
  @ClockRange()
  @OneOf("by", BY)
  @Parameters(["q", "limit", "points"], FLEET_SORTS)
  @Answers("FleetTimeline")
  fleetTimeline(@Query() query: QueryText): Promise<FleetTimeline> {
    const { q, from, to, ...rest } = readQuery(timelineQuery, query);
    return this.fleet.timeline({ filter: q, ...timeRange({ from, to }), ...rest });
  }

  @Get("values")
  @ClockRange()
  @OneOf("field", VALUE_FIELDS, true)
  @Parameters(["q", "limit"])
  @Answers("FleetValues")
  fleetValues(@Query() query: QueryText): Promise<FleetValues> {
    const { q, from, to, field, limit } = readQuery(valuesQuery, query);
    return this.fleet.values(field, { filter: q, limit, ...timeRange({ from, to }) });
  }

  @Get("events")
  @ClockRange()
  @OneOf("kind", FLEET_EVENT_KINDS)
  @Parameters(["q", "limit"])
  @Answers("FleetEvents", "the newest first")
  fleetEvents(@Query() query: QueryText): Promise<FleetEvents> {
    const { q, from, to, kind, limit } = readQuery(eventsQuery, query);
    const kinds = kind === undefined ? FLEET_EVENT_KINDS : [kind];
    return this.fleet.events({ filter: q, kinds, limit, ...timeRange({ from, to }) });
  }
}

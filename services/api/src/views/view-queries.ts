import { ALLOCATION_SORTS, GROUP_SORTS } from "@heaphound/query/server";
import { z } from "@heaphound/service-kit";
import { count, instant, MEASURES, onOff, question, WEIGHTS } from "./parameters.js";

const window = { q: question, from: instant.optional(), to: instant.optional() };
const measured = { ...window, at: instant.optional(), measure: z.enum(MEASURES).default("live") };
const order = z.enum(["asc", "desc"]).default("desc");
const weight = z.enum(WEIGHTS).default("bytes");

export const timelineQuery = z.object({ ...window, points: count(1, 4000).default(600) });

export const treeQuery = z.object({
  ...measured,
  weight,
  minShare: z.coerce.number().min(0).max(1).default(0.0002),
  invert: onOff.default(false),
  limit: count(1, 200_000).default(100_000),
});

export const groupsQuery = z.object({
  ...measured,
  weight,
  sort: z.enum(GROUP_SORTS).optional(),
  order,
  limit: count(1, 1000).default(100),
  offset: count(0, 1_000_000).default(0),
});

export const leaksQuery = z.object({ q: question, limit: count(1, 1000).default(100) });

export const allocationsQuery = z.object({
  ...window,
  sort: z.enum(ALLOCATION_SORTS).default("time"),
  order: z.enum(["asc", "desc"]).default("asc"),
  limit: count(1, 1000).default(100),
  after: z.string().max(50).optional(),
});

export const mapsQuery = z.object({ at: instant.optional() });

/** Seconds before the end; an end is about moments, not about percentages of a run. */
export const endingQuery = z.object({
  window: z.coerce
    .number()
    .min(0.001)
    .max(86_400)
    .default(60)
    .transform((seconds) => Math.round(seconds * 1e9)),
  limit: count(1, 200).default(20),
});

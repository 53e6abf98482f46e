import { applyDecorators } from "@nestjs/common";
import { ApiOkResponse, ApiParam, ApiQuery, getSchemaPath } from "@nestjs/swagger";
import type { Schema } from "../gen/shape-schemas.js";

type Decorator = MethodDecorator & ClassDecorator;

/** The answer is one of the shapes of @heaphound/query. */
export function Answers(shape: string, description = ""): Decorator {
  return ApiOkResponse({ description, schema: { $ref: getSchemaPath(shape) } });
}

/** `:process` of an address. */
export function ProcessParameter(): Decorator {
  return ApiParam({
    name: "process",
    description: "key, unique prefix of a key, pod name, or `latest`",
    example: "latest",
  });
}

type ParameterSchema = Pick<Schema, "type" | "enum"> & { minimum?: number; maximum?: number };

const KNOWN: Record<string, { description: string; schema: ParameterSchema }> = {
  q: { description: 'question, e.g. `size >= 1MiB and function ~ "json"`', schema: { type: "string" } },
  from: { description: "begin of the window: ns since start, 5s, 40%", schema: { type: "string" } },
  to: { description: "end of the window, included", schema: { type: "string" } },
  at: { description: "instant, for measure=live; default: the end", schema: { type: "string" } },
  measure: {
    description: "what counts",
    schema: { type: "string", enum: ["live", "allocated", "freed", "leaked", "temporary"] },
  },
  weight: { description: "what weighs", schema: { type: "string", enum: ["bytes", "count"] } },
  limit: { description: "most rows or nodes", schema: { type: "integer", minimum: 1 } },
  offset: { description: "rows to skip", schema: { type: "integer", minimum: 0 } },
  points: { description: "most points", schema: { type: "integer", minimum: 1, maximum: 4000 } },
  order: { description: "direction", schema: { type: "string", enum: ["asc", "desc"] } },
  search: { description: "text that name, arguments, pod, workload or host contain", schema: { type: "string" } },
  minShare: {
    description: "drop nodes below this share of the whole",
    schema: { type: "number", minimum: 0, maximum: 1 },
  },
  invert: { description: "1: allocating functions at the top", schema: { type: "string", enum: ["0", "1"] } },
  after: { description: "`next` of the page before", schema: { type: "string" } },
  window: { description: "seconds before the end", schema: { type: "number", minimum: 0.001, maximum: 86_400 } },
  namespace: { description: "only this namespace", schema: { type: "string" } },
  workload: { description: "only this workload, as Deployment/web", schema: { type: "string" } },
  pod: { description: "only this pod", schema: { type: "string" } },
  code: { description: "only pods with this likeliest cause", schema: { type: "string" } },
  process: { description: "only this process", schema: { type: "string" } },
  compression: { description: "of the heaptrack file", schema: { type: "string", enum: ["zstd", "gzip", "none"] } },
};

/** Documents parameters of a view by name; `sort` takes what it may be sorted by. */
export function Parameters(names: readonly string[], sorts?: readonly string[]): Decorator {
  const documented = names.map((name) => ApiQuery({ name, required: false, ...KNOWN[name] }));
  const sort = sorts ? [ApiQuery({ name: "sort", required: false, schema: { type: "string", enum: [...sorts] } })] : [];
  return applyDecorators(...documented, ...sort);
}

/** `from` and `to` of views of a fleet: the clock, not the time of one process. */
export function ClockRange(): Decorator {
  const form = "1h (that long ago), ISO 8601, or ns since the Unix epoch";
  return applyDecorators(
    ApiQuery({ name: "from", required: false, description: `begin: ${form}`, schema: { type: "string" } }),
    ApiQuery({ name: "to", required: false, description: "end; default: now", schema: { type: "string" } }),
  );
}

export function OneOf(name: string, values: readonly string[], required = false): Decorator {
  return ApiQuery({ name, required, schema: { type: "string", enum: [...values] } });
}

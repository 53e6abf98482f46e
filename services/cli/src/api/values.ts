import type { operations } from "./schema.js";
import type { Query } from "./client.js";

type Measure = NonNullable<Query<"groups">["measure"]>;
type Weight = NonNullable<Query<"groups">["weight"]>;
type Compression = NonNullable<Query<"download">["compression"]>;
type Format = operations["download"]["parameters"]["path"]["format"];
type Mode = NonNullable<operations["changeSettings"]["requestBody"]["content"]["application/json"]["mode"]>;
type Sort = NonNullable<Query<"list">["sort"]>;

/** What parameters may be. The compiler compares them with the API's description. */
export const measures = ["live", "allocated", "freed", "leaked", "temporary"] as const satisfies readonly Measure[];
export const weights = ["bytes", "count"] as const satisfies readonly Weight[];
export const compressions = ["zstd", "gzip", "none"] as const satisfies readonly Compression[];
export const exportFormats = ["heaptrack", "json", "pprof", "folded", "svg"] as const satisfies readonly Format[];
export const modes = ["exact", "cull", "sample", "auto", "dormant"] as const satisfies readonly Mode[];
export const sorts = ["started", "name", "live", "peak", "allocations", "duration"] as const satisfies readonly Sort[];

export function isOneOf<Value extends string>(values: readonly Value[], word: string): word is Value {
  return values.some((value) => value === word);
}

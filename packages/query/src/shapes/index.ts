/**
 * What views return: one set of shapes for the API, the GUI, Grafana, scripts and the CLI.
 *
 * Times inside a process are nanoseconds since its start (`...Ns`, exact as a number for 104 days); the start itself is
 * `startedUnixNs`, a decimal string, since it does not fit a number. Sizes are bytes. Large results are columns, not rows.
 */
export type * from "./allocations.js";
export type * from "./coverage.js";
export type * from "./ending.js";
export type * from "./error.js";
export type * from "./fleet.js";
export type * from "./maps.js";
export type * from "./process.js";
export type * from "./question.js";
export type * from "./reader.js";
export type * from "./settings.js";
export type * from "./stacks.js";
export type * from "./timeline.js";

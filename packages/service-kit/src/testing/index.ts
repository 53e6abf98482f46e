export { startEmbedded, type EmbeddedClickHouse, type EmbeddedOptions } from "./embedded.js";
export { eventually } from "./eventually.js";

export * from "./annotations.js";
export * from "./names.js";
export * from "./opt-in.js";
export * from "./patch.js";
export * from "./plan.js";
export type * from "./pod.js";
export * from "./quantity.js";
export * from "./reasons.js";
export * from "./settings.js";

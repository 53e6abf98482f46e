export { startStack, stopStack, Stack, type StackOptions } from "./supervisor.js";
export { runningState, type StackState, type StackUrls } from "./state.js";
export type { ServiceName } from "./layout.js";

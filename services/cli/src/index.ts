export * from "./stack/index.js";
export { choosePorts } from "./stack/ports.js";
export { dataDirectory, installation, preloadLibrary } from "./paths.js";
export { recordingEnvironment, type RecordingOptions } from "./run/environment.js";
export { makeSpool, sendLeftovers } from "./recording/leftovers.js";

export * from "./bearer.js";
export * from "./pod-identity.js";
export * from "./reviewer.js";

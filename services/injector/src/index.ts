export * from "./config.js";
export * from "./injector.js";

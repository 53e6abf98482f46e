export { startService, type RunningService } from "./service.js";
export { readConfig, type ServiceConfig } from "./config.js";

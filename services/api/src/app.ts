import "reflect-metadata";
import { Logger, RequestMethod } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { SwaggerModule } from "@nestjs/swagger";
import { AppModule } from "./app.module.js";
import type { AppParts } from "./app-parts.js";
import { ErrorFilter } from "./http/error-filter.js";
import { limitConcurrency } from "./http/guards.js";
import { readers } from "./identity/readers.js";
import { localHostsOnly } from "./http/local-hosts.js";
import { requestContext } from "./http/request-context.js";
import { describeApi } from "./openapi/document.js";

const BASE = "/api/v1";

/** The whole HTTP service, not yet listening. */
export async function createApp(parts: AppParts): Promise<NestExpressApplication> {
  const { config, log } = parts;
  // Nest's own log is text in the middle of our JSON lines.
  Logger.overrideLogger(false);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(parts));
  app.setGlobalPrefix(BASE, {
    exclude: ["healthz", "readyz", "metrics"].map((path) => ({ path, method: RequestMethod.GET })),
  });
  app.useGlobalFilters(new ErrorFilter(log));
  app.disable("x-powered-by");
  // A parameter given twice is a mistake, and nested ones do not exist.
  app.set("query parser", "simple");
  app.use(requestContext);
  app.use(localHostsOnly(config.HEAPHOUND_LISTEN.host));
  app.use(BASE, readers(parts.readers));
  app.use(BASE, limitConcurrency(config.HEAPHOUND_API_MAX_REQUESTS));
  SwaggerModule.setup("docs", app, () => describeApi(app), { jsonDocumentUrl: "docs-json" });
  return app;
}

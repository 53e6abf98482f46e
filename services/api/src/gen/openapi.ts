import { readFileSync, writeFileSync } from "node:fs";
import openapiTypescript, { astToString, type OpenAPI3 } from "openapi-typescript";
import { format, resolveConfig } from "prettier";
import { createClickHouseClient, silentLogger } from "@heaphound/service-kit";
import { createApp } from "../app.js";
import { appParts } from "../app-parts.js";
import { readConfig } from "../config.js";
import { describeApi } from "../openapi/document.js";

/** Writes openapi.json from the controllers, and from it the typed clients' schemas. Second step of `npm run gen`. */
const DOCUMENT = new URL("../../openapi.json", import.meta.url);
const CLIENTS = ["cli"].map((service) => new URL(`../../../${service}/src/api/schema.ts`, import.meta.url));

const client = createClickHouseClient({ url: "http://127.0.0.1:1", service: "gen" });
const parts = appParts({ config: readConfig({}), log: silentLogger(), client });
const app = await createApp(parts);
await app.init();
await writeFormatted(DOCUMENT, JSON.stringify(describeApi(app)), "json");
await app.close();
await client.close();

const document = JSON.parse(readFileSync(DOCUMENT, "utf8")) as OpenAPI3;
const types = astToString(await openapiTypescript(document));
for (const url of CLIENTS) {
  await writeFormatted(
    url,
    `// Generated from services/api/openapi.json by \`npm run gen -w services/api\`.\n${types}`,
    "typescript",
  );
}

async function writeFormatted(url: URL, text: string, parser: string): Promise<void> {
  const options = await resolveConfig(url.pathname);
  writeFileSync(url, await format(text, { ...options, parser }));
}

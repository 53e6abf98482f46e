import type { AddressInfo } from "node:net";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { migrate } from "@heaphound/schema";
import type { Reviewer } from "@heaphound/identity";
import { createClickHouseClient, silentLogger, type ClickHouseClient } from "@heaphound/service-kit";
import { startEmbedded } from "@heaphound/service-kit/testing";
import { createApp } from "../app.js";
import { appParts } from "../app-parts.js";
import { readConfig } from "../config.js";
import { Database } from "../database/database.js";
import { QueryMetrics } from "../database/query-metrics.js";
import { storeRecording, type SyntheticRecording } from "./store.js";

/** The API over a real embedded ClickHouse, on free ports. */
export interface TestApi {
  url: string;
  clickHouseUrl: string;
  client: ClickHouseClient;
  database: Database;
  get(path: string, query?: Record<string, string>): Promise<Response>;
  /** The answer as JSON; throws unless the status is 200. */
  json<T>(path: string, query?: Record<string, string>): Promise<T>;
  /** Another API on the same database with other settings. */
  another(
    environment: Record<string, string>,
    other?: { client?: ClickHouseClient; reviewer?: Reviewer },
  ): Promise<string>;
  stop(): Promise<void>;
}

export async function startTestApi(recordings: readonly SyntheticRecording[]): Promise<TestApi> {
  const embedded = await startEmbedded();
  await migrate({ url: embedded.url, database: "heaphound" });
  const client = createClickHouseClient({
    url: embedded.url,
    service: "api",
    database: "heaphound",
    maxOpenConnections: 20,
  });
  for (const recording of recordings) await storeRecording(client, recording);
  const apps: NestExpressApplication[] = [];
  const another: TestApi["another"] = async (environment, other = {}) => {
    const parts = appParts({ config: readConfig(environment), log: silentLogger(), client, ...other });
    const app = await createApp(parts);
    apps.push(app);
    await app.listen(0, "127.0.0.1");
    const { port } = app.getHttpServer().address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  };
  const url = await another({});
  const get = (path: string, query: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/api/v1/${path}?${new URLSearchParams(query).toString()}`);
  return {
    url,
    clickHouseUrl: embedded.url,
    client,
    database: new Database(client, QueryMetrics.none()),
    get,
    json: async <T>(path: string, query?: Record<string, string>) => {
      const response = await get(path, query);
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    another,
    stop: async () => {
      for (const app of apps) await app.close();
      await client.close();
      await embedded.stop();
    },
  };
}

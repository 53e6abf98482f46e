import { createClickHouseClient } from "@heaphound/service-kit";
import { migrate } from "@heaphound/schema";

/** Brings the database to the newest schema before anybody writes or reads. */
export async function migrateDatabase(url: string): Promise<void> {
  const client = createClickHouseClient({ url, service: "migrate" });
  try {
    await migrate(client, { database: "heaphound" });
  } finally {
    await client.close();
  }
}

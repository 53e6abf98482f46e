import { migrate } from "@heaphound/schema";

/** Brings the database to the newest schema before anybody writes or reads. */
export async function migrateDatabase(url: string): Promise<void> {
  await migrate({ url, database: "heaphound" });
}

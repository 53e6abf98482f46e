import { AppError, createClickHouseClient, quoteIdentifier, type ClickHouseClient } from "@heaphound/service-kit";
import { readMigrations, type Migration } from "./migrations.js";
import { renderMigration, type Target } from "./render.js";

export interface MigrateOptions {
  url: string;
  /** Created when missing. */
  database?: string;
  username?: string;
  password?: string;
  /** Name of the ClickHouse cluster; without it the tables are those of one server. */
  cluster?: string;
  /** For tests: other migrations than the package's own. */
  migrations?: readonly Migration[];
}

export interface MigrateResult {
  applied: string[];
  alreadyThere: string[];
}

export const DEFAULT_DATABASE = "heaphound";

const HISTORY = `
CREATE TABLE IF NOT EXISTS schema_migrations {{on_cluster}}
(
    name        String,
    checksum    String,
    applied_at  DateTime64(3) DEFAULT now64(3)
)
ENGINE = {{engine_everywhere ReplacingMergeTree(applied_at)}}
ORDER BY name;
`;

/**
 * Brings a database up to date. Several programs may do this at once, and one may die in the middle: statements are
 * written so that running them again changes nothing, and a migration counts as applied when all of them have run.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const target: Target =
    options.cluster === undefined ? { kind: "single" } : { kind: "cluster", cluster: options.cluster };
  const database = options.database ?? DEFAULT_DATABASE;
  await createDatabase(options, database, target);
  const client = connect(options, database);
  try {
    return await applyMissing(client, target, options.migrations ?? (await readMigrations()));
  } finally {
    await client.close();
  }
}

async function applyMissing(
  client: ClickHouseClient,
  target: Target,
  migrations: readonly Migration[],
): Promise<MigrateResult> {
  for (const statement of renderMigration(HISTORY, target)) await client.command({ query: statement });
  const known = await readHistory(client);
  const result: MigrateResult = { applied: [], alreadyThere: [] };
  for (const migration of migrations) {
    const checksum = known.get(migration.name);
    if (checksum === undefined) {
      await apply(client, target, migration);
      result.applied.push(migration.name);
    } else if (checksum === migration.checksum) {
      result.alreadyThere.push(migration.name);
    } else {
      throw new AppError(`migration ${migration.name} is not the one that was applied to this database`, {
        code: "migration_changed",
        advice: "Add a new migration instead of changing one; a development database can be dropped and made again.",
      });
    }
  }
  return result;
}

async function apply(client: ClickHouseClient, target: Target, migration: Migration): Promise<void> {
  for (const statement of renderMigration(migration.template, target)) await client.command({ query: statement });
  await client.insert({
    table: "schema_migrations",
    columns: ["name", "checksum"],
    values: [{ name: migration.name, checksum: migration.checksum }],
    format: "JSONEachRow",
  });
}

async function readHistory(client: ClickHouseClient): Promise<Map<string, string>> {
  const result = await client.query({
    query: "SELECT name, argMin(checksum, applied_at) AS checksum FROM schema_migrations GROUP BY name",
    format: "JSONEachRow",
  });
  const rows = await result.json<{ name: string; checksum: string }>();
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

/** A separate client: one that names a database which does not exist yet is refused. */
async function createDatabase(options: MigrateOptions, database: string, target: Target): Promise<void> {
  const client = connect(options, "default");
  const onCluster = target.kind === "cluster" ? ` ON CLUSTER '${target.cluster}'` : "";
  try {
    await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(database)}${onCluster}` });
  } finally {
    await client.close();
  }
}

function connect(options: MigrateOptions, database: string): ClickHouseClient {
  return createClickHouseClient({
    url: options.url,
    service: "migrate",
    database,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
  });
}

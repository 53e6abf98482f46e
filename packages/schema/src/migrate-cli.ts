import { parseArgs } from "node:util";
import { AppError, errorMessage } from "@heaphound/service-kit";
import { DEFAULT_DATABASE, migrate, type MigrateOptions } from "./migrate.js";
import { readMigrations } from "./migrations.js";
import { renderMigration } from "./render.js";

const USAGE = `Brings a ClickHouse database up to date.

  node packages/schema/dist/migrate-cli.js --url http://127.0.0.1:7414 [--database heaphound] [--cluster NAME]
  node packages/schema/dist/migrate-cli.js --print [--cluster NAME]      prints the statements only

User and password come from HEAPHOUND_CLICKHOUSE_USER and HEAPHOUND_CLICKHOUSE_PASSWORD.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      database: { type: "string", default: DEFAULT_DATABASE },
      cluster: { type: "string" },
      print: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const cluster = values.cluster === undefined ? {} : { cluster: values.cluster };
  if (values.print) process.stdout.write(await printed(values.cluster));
  else if (values.help || values.url === undefined) process.stdout.write(USAGE);
  else {
    const result = await migrate({ url: values.url, database: values.database, ...cluster, ...credentials() });
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}

function credentials(): Pick<MigrateOptions, "username" | "password"> {
  const username = process.env.HEAPHOUND_CLICKHOUSE_USER;
  const password = process.env.HEAPHOUND_CLICKHOUSE_PASSWORD;
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

async function printed(cluster: string | undefined): Promise<string> {
  const target = cluster === undefined ? ({ kind: "single" } as const) : ({ kind: "cluster", cluster } as const);
  const migrations = await readMigrations();
  return migrations.flatMap(({ template }) => renderMigration(template, target).map((sql) => `${sql};\n\n`)).join("");
}

main().catch((error: unknown) => {
  process.stderr.write(`${errorMessage(error)}\n`);
  if (error instanceof AppError) process.stderr.write(`${error.advice}\n`);
  process.exitCode = 1;
});

import { AppError } from "@heaphound/service-kit";

/** Where the tables go. */
export type Target = { kind: "single" } | { kind: "cluster"; cluster: string };

/**
 * How many of the last inserts of a table are remembered by their token. A retry comes within seconds; this many inserts
 * are some minutes of a busy fleet.
 */
const DEDUPLICATION_WINDOW = 10_000;

/** Renders one migration for a target: its statements, in order. The directives are described in 0001_initial.sql. */
export function renderMigration(template: string, target: Target): string[] {
  return splitStatements(template)
    .flatMap((statement) => splitStatements(renderStatement(statement, target)))
    .filter(hasSql);
}

/** Statements end with `;` at a line's end. */
function splitStatements(template: string): string[] {
  return template.split(/;[ \t]*(?:\r?\n|$)/).map((statement) => statement.trim());
}

function renderStatement(statement: string, target: Target): string {
  return statement
    .replace(/^\s*--.*\n/gm, "")
    .replace(/\{\{(\w+)\s*([^{}]*)\}\}/g, (whole, directive: string, argument: string) => {
      const render = DIRECTIVES[directive];
      if (!render) throw badDirective(whole);
      return render(argument.trim(), target);
    })
    .replace(/[ \t]+$/gm, "")
    .trim();
}

function hasSql(statement: string): boolean {
  return statement.replace(/--.*$/gm, "").trim() !== "";
}

const DIRECTIVES: Readonly<Record<string, (argument: string, target: Target) => string>> = {
  table: (name, target) => (target.kind === "single" ? name : `${name}_local`),
  on_cluster: (_, target) => (target.kind === "single" ? "" : `ON CLUSTER '${target.cluster}'`),
  engine: (kind, target) => (target.kind === "single" ? kind : replicated(kind, "{shard}", "{replica}")),
  engine_everywhere: (kind, target) => (target.kind === "single" ? kind : replicated(kind, "all", "{shard}-{replica}")),
  distributed: (argument, target) => (target.kind === "single" ? "" : distributed(argument, target.cluster)),
  alter: (argument, target) => alter(argument, target),
  settings: (_, target) =>
    target.kind === "single"
      ? `SETTINGS non_replicated_deduplication_window = ${DEDUPLICATION_WINDOW}`
      : `SETTINGS replicated_deduplication_window = ${DEDUPLICATION_WINDOW}`,
};

/** `ReplacingMergeTree(version)` -> `ReplicatedReplacingMergeTree('path', 'replica', version)`. The server fills in the braces. */
function replicated(kind: string, group: string, replica: string): string {
  const parts = /^(\w+)(?:\((.*)\))?$/s.exec(kind);
  if (!parts) throw badDirective(kind);
  const [, name, args] = parts;
  const path = `'/clickhouse/tables/${group}/{database}/{table}'`;
  return `Replicated${name}(${[path, `'${replica}'`, ...(args ? [args] : [])].join(", ")})`;
}

function distributed(argument: string, cluster: string): string {
  const parts = /^(\w+) BY (.+)$/s.exec(argument);
  if (!parts) throw badDirective(argument);
  const [, name, key] = parts;
  return (
    `CREATE TABLE IF NOT EXISTS ${name} ON CLUSTER '${cluster}' AS ${name}_local\n` +
    `ENGINE = Distributed('${cluster}', currentDatabase(), ${name}_local, ${key})`
  );
}

/** In a cluster both the tables that hold rows and the one that spans them. */
function alter(argument: string, target: Target): string {
  const parts = /^(\w+) (.+)$/s.exec(argument);
  if (!parts) throw badDirective(argument);
  const [, name, action] = parts;
  if (target.kind === "single") return `ALTER TABLE ${name} ${action}`;
  const statement = (table: string): string => `ALTER TABLE ${table} ON CLUSTER '${target.cluster}' ${action}`;
  return `${statement(`${name}_local`)};\n${statement(`${name}`)}`;
}

function badDirective(text: string): AppError {
  return new AppError(`${text} is not a directive of the migration templates`, {
    code: "bad_migration",
    advice: "Use the directives described at the top of migrations/0001_initial.sql.",
  });
}

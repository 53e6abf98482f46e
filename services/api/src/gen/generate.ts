import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import ts from "typescript";
import { schemasOf, type Schema } from "./shape-schemas.js";

/** Writes openapi/shapes.generated.ts from the shapes of packages/query. First step of `npm run gen`. */
const from = new URL("../../../../packages/query/src/shapes/", import.meta.url);
const to = new URL("../../src/openapi/shapes.generated.ts", import.meta.url);

function shapesIn(name: string): Record<string, Schema> {
  const text = readFileSync(new URL(name, from), "utf8");
  return schemasOf(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true));
}

const names = readdirSync(from).filter((name) => name !== "index.ts");
const all = names.flatMap((name) => Object.entries(shapesIn(name)));
const schemas = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
const text = `// Generated from packages/query/src/shapes by \`npm run gen -w services/api\`.
import type { Schema } from "../gen/shape-schemas.js";

export const SHAPES: Record<string, Schema> = ${JSON.stringify(schemas, null, 2)};
`;
const options = await resolveConfig(to.pathname);
writeFileSync(to, await format(text, { ...options, parser: "typescript" }));

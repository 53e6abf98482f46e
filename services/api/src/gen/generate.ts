import { readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import ts from "typescript";
import { schemasOf } from "./shape-schemas.js";

/** Writes openapi/shapes.generated.ts from the shapes of packages/query. First step of `npm run gen`. */
const from = new URL("../../../../packages/query/src/shapes.ts", import.meta.url);
const to = new URL("../../src/openapi/shapes.generated.ts", import.meta.url);

const source = ts.createSourceFile("shapes.ts", readFileSync(from, "utf8"), ts.ScriptTarget.Latest, true);
const text = `// Generated from packages/query/src/shapes.ts by \`npm run gen -w services/api\`.
import type { Schema } from "../gen/shape-schemas.js";

export const SHAPES: Record<string, Schema> = ${JSON.stringify(schemasOf(source), null, 2)};
`;
const options = await resolveConfig(to.pathname);
writeFileSync(to, await format(text, { ...options, parser: "typescript" }));

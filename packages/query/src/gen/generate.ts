import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { goldenCases, goldenText } from "./golden-cases.js";
import { languagePage } from "./language-page.js";

/** Rewrites golden/ and docs/question-language.md: `npm run gen`. */
const GOLDEN = new URL("../../golden/", import.meta.url);
const PAGE = new URL("../../../../docs/question-language.md", import.meta.url);

mkdirSync(GOLDEN, { recursive: true });
for (const file of readdirSync(GOLDEN)) if (file.endsWith(".sql")) rmSync(new URL(file, GOLDEN));
for (const { name, query } of goldenCases()) writeFileSync(new URL(`${name}.sql`, GOLDEN), goldenText(query));

const options = await resolveConfig(PAGE.pathname);
writeFileSync(PAGE, await format(languagePage(), { ...options, parser: "markdown" }));

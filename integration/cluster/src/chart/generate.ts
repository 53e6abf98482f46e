// npm run gen: writes charts/heaphound/rendered. Only where helm is at hand: the next run of the cluster's tests fetches it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasClientTools } from "../client-tools.ts";
import { say } from "../progress.ts";
import { cases, render, renderedFolder } from "./render.ts";

if (hasClientTools()) {
  mkdirSync(renderedFolder, { recursive: true });
  for (const name of cases()) writeFileSync(join(renderedFolder, `${name}.yaml`), await render(name));
} else say("charts/heaphound/rendered: skipped, helm is not here (npm run test:cluster fetches it)");

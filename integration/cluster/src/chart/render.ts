// The chart as helm renders it, for every ci/*-values.yaml: kept under charts/heaphound/rendered, so that a review shows what
// a change of a template or a value does to the objects.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { clientTools } from "../client-tools.ts";
import { run } from "../command.ts";
import { checkout } from "../paths.ts";

export const chart = join(checkout, "charts/heaphound");
export const renderedFolder = join(chart, "rendered");

/** "default", "ha", ... */
export function cases(): string[] {
  return readdirSync(join(chart, "ci"))
    .filter((file) => file.endsWith("-values.yaml"))
    .map((file) => file.replace(/-values\.yaml$/, ""))
    .sort();
}

/** Without a cluster the password of the embedded database is another one each time. */
const random = /^( {2}password: ).+$/m;

export async function render(name: string): Promise<string> {
  const { helm } = await clientTools();
  const values = ["--values", join(chart, `ci/${name}-values.yaml`)];
  const where = ["--namespace", "heaphound", "--kube-version", "1.35.0"];
  const rendered = await run([helm, "template", "heaphound", chart, ...where, ...values]);
  return rendered.replace(random, "$1(random)");
}

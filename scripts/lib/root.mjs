import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Top folder of this checkout. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Node 24, brought by npm's `node` package; whatever Node the machine has only starts the scripts. */
export const node = join(root, "node_modules/.bin/node");
/** Stamps, logs and locks of the scripts. */
export const stateDir = join(root, ".heaphound");

import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Top folder of this checkout. */
export const checkout = fileURLToPath(new URL("../../..", import.meta.url));

/** What a running cluster keeps; `down` removes it. */
export const stateDir = join(checkout, ".heaphound/cluster");

/** What takes minutes to make and stays between runs, shared by all checkouts; safe to delete at any time. */
export const cacheDir =
  process.env.HEAPHOUND_CLUSTER_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "heaphound/cluster");

export const here = fileURLToPath(new URL("..", import.meta.url));

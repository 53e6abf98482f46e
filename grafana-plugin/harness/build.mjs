// Bundles the page that stands in for Grafana: its real packages from npm, no server.
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../build");

rmSync(out, { recursive: true, force: true });
const bundle = await rolldown({
  input: join(here, "page.tsx"),
  platform: "browser",
  resolve: {
    alias: {
      "@grafana/assistant": join(here, "assistant.ts"),
      "react-custom-scrollbars-2": join(here, "scrollbars.js"),
    },
  },
  transform: { jsx: { runtime: "classic" }, define: { "process.env.NODE_ENV": '"production"' } },
  moduleTypes: { ".css": "empty", ".svg": "dataurl" },
  checks: { eval: false },
});
await bundle.write({ dir: out, format: "esm", entryFileNames: "page.js" });
await bundle.close();

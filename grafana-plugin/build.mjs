// npm run build: dist/ is the plugin as Grafana loads it. One AMD module; what Grafana itself brings stays outside.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
/** Modules that Grafana gives to plugins, and what they are called inside of ours. */
const external = {
  "@grafana/data": "data",
  "@grafana/runtime": "runtime",
  "@grafana/ui": "ui",
  react: "react",
  rxjs: "rxjs",
};

rmSync(dist, { recursive: true, force: true });
const bundle = await rolldown({
  input: join(here, "src/module.ts"),
  external: Object.keys(external),
  // React's newer transform needs a module that Grafana gives to plugins only since 12.3.
  transform: { jsx: { runtime: "classic" } },
});
const names = Object.values(external);
await bundle.write({
  file: join(dist, "module.js"),
  format: "iife",
  name: "heaphound",
  exports: "named",
  globals: external,
  sourcemap: true,
  minify: true,
  postBanner: `define(${JSON.stringify(Object.keys(external))}, function (${names.join(", ")}) {`,
  postFooter: "return heaphound; });",
});
await bundle.close();

const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const manifest = readFileSync(join(here, "src/plugin.json"), "utf8")
  .replace("%VERSION%", version)
  .replace("%TODAY%", new Date().toISOString().slice(0, 10));
writeFileSync(join(dist, "plugin.json"), manifest);
for (const folder of ["img"]) cpSync(join(here, "src", folder), join(dist, folder), { recursive: true });
mkdirSync(join(dist, "dashboards"), { recursive: true });
for (const { path } of JSON.parse(manifest).includes) cpSync(join(here, "..", path), join(dist, path));
cpSync(join(here, "README.md"), join(dist, "README.md"));

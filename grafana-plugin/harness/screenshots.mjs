// npm run screenshots --prefix grafana-plugin: pictures for docs/grafana.md, light and dark, of a synthetic fleet.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startStack } from "@heaphound/cli";
import { GrafanaPage, PROXY } from "../../integration/grafana/grafana-page.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));
const HOUR_MS = 3_600_000;

const dataDir = mkdtempSync(join(tmpdir(), "heaphound-pictures-"));
const stack = await startStack({ dataDir, ports: "any", services: ["clickhouse", "api"] });
const seed = [join(root, "services/api/dist/test-support/seed.js"), "--fleet", "--url", stack.urls.clickhouse];
spawnSync(process.execPath, seed, { stdio: "inherit" });
const grafana = await GrafanaPage.open({ apiUrl: stack.urls.api, token: "" }, read("grafana-plugin/dist/plugin.json"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu"],
});
try {
  for (const theme of ["light", "dark"])
    for (const name of ["fleet", "pod"]) {
      const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, timezoneId: "UTC" });
      const page = await context.newPage();
      await page.goto(grafana.url);
      await page.waitForFunction(() => typeof globalThis.harness === "object");
      const settings = { url: PROXY, jsonData: { guiUrl: "https://heaphound.example.com" } };
      await page.evaluate((given) => globalThis.harness.open(given), settings);
      const to = Date.now();
      const options = { from: to - HOUR_MS, to, theme, given: name === "pod" ? { pod: "search-0" } : {} };
      const model = read(`dashboards/heaphound-${name}.json`);
      await page.evaluate(([asked, given]) => globalThis.harness.dashboard(asked, given), [model, options]);
      await page.waitForLoadState("networkidle");
      await page.locator("main").screenshot({ path: join(root, `docs/images/grafana-${name}-${theme}.png`) });
      await context.close();
    }
} finally {
  await browser.close();
  await grafana.close();
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

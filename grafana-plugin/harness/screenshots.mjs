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
await storePods();
const grafana = await GrafanaPage.open({ apiUrl: stack.urls.api, token: "" }, read("grafana-plugin/dist/plugin.json"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu"],
});
try {
  for (const theme of ["light", "dark"])
    for (const name of ["fleet", "pod", "coverage"]) {
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

/** What an injector would report of the fleet's pods. */
async function storePods() {
  const now = `${Date.now()}000000`;
  const placeOf = (path) => ({ namespace: path.split("/")[0], workload: path.slice(path.indexOf("/") + 1) });
  const pod = (workload, name, code, more = {}) => ({
    ...{ pod_uid: name, container: "app", updated_ns: now, created_ns: now, ...placeOf(workload), pod: name },
    ...{ phase: "Running", state: "running", injected: true, reporting: code === "injected", codes: [code] },
    ...{ details: [""], ...more },
  });
  const rows = [
    ...[0, 1, 2].map((n) => pod("shop/Deployment/cart", `cart-${n}`, "injected")),
    ...[0, 1].map((n) => pod("shop/StatefulSet/search", `search-${n}`, "injected", { restarts: n })),
    pod("shop/Deployment/checkout", "checkout-0", "injected"),
    pod("shop/Deployment/checkout", "checkout-1", "not_restarted", { injected: false, container: "" }),
    pod("bank/Deployment/gateway", "gateway-0", "static_binary"),
    ...[0, 1].map((n) => pod("bank/StatefulSet/ledger", `ledger-${n}`, "injected")),
  ];
  const query = "INSERT INTO heaphound.pods FORMAT JSONEachRow";
  const url = `${stack.urls.clickhouse}/?query=${encodeURIComponent(query)}`;
  const answer = await fetch(url, { method: "POST", body: rows.map((row) => JSON.stringify(row)).join("\n") });
  if (!answer.ok) throw new Error(await answer.text());
}

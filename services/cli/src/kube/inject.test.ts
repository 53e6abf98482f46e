import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { inject } from "./inject.js";

let directory = "";
let written = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "heaphound-inject-"));
  written = "";
  const keep = (text: string | Uint8Array): boolean => ((written += String(text)), true);
  vi.spyOn(process.stdout, "write").mockImplementation(keep);
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(directory, { recursive: true });
});

async function run(manifest: string, options: object = {}): Promise<unknown[]> {
  const file = join(directory, "m.yaml");
  await writeFile(file, manifest);
  await inject({ file, ...options });
  return parseAllDocuments(written).map((document) => document.toJS() as unknown);
}

const cron = `apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly }
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec: { containers: [{ name: app, image: job }] }
---
kind: ConfigMap
data: { a: "1" }
`;

it("shows what the pods of a manifest become; other objects stay", async () => {
  const [job, map] = await run(cron);
  expect(job).toMatchObject({
    spec: { jobTemplate: { spec: { template: { spec: { initContainers: [{ name: "heaphound-init" }] } } } } },
  });
  expect(map).toEqual({ kind: "ConfigMap", data: { a: "1" } });
});
it("only asks, where that is wanted", async () => {
  const [job] = await run(cron, { annotateOnly: true });
  expect(job).toMatchObject({
    spec: { jobTemplate: { spec: { template: { metadata: { labels: { "heaphound.io/inject": "true" } } } } } },
  });
  expect(JSON.stringify(job)).not.toContain("initContainers");
});
it.each([
  ["a: [", "Correct the YAML."],
  ["- a\n- b", "Give manifests."],
])("says what is wrong with %j", async (text, advice) => {
  await expect(run(text)).rejects.toMatchObject({ advice });
});

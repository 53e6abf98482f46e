// What helm makes of the chart: compared with the files in the repository, and with rules that every render must keep.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { describe, expect, it } from "vitest";
import { clientTools } from "../client-tools.ts";
import { attempt, run } from "../command.ts";
import { cases, chart, render, renderedFolder } from "./render.ts";

const tools = await clientTools().catch((error: unknown) => String(error).split("\n")[0]!);
const why = typeof tools === "string" ? ` (no helm: ${tools})` : "";
const helm = typeof tools === "string" ? "helm" : tools.helm;
const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;

interface Container {
  name: string;
  image: string;
  securityContext: object;
  ports?: { name: string; containerPort: number }[];
}
interface PodSpec {
  securityContext: object;
  containers: Container[];
  volumes?: object[];
}
interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels: Record<string, string> };
  spec?: {
    template?: { metadata: { labels: Record<string, string> }; spec: PodSpec };
    selector?: Record<string, string>;
    ports?: { targetPort: string }[];
    groups?: object[];
  } & Partial<PodSpec>;
}

const objectsOf = (text: string): KubernetesObject[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);

const podSpecs = (objects: KubernetesObject[]): [string, PodSpec][] =>
  objects.flatMap(({ kind, metadata, spec }): [string, PodSpec][] => {
    const podSpec = kind === "Pod" ? (spec as PodSpec) : spec?.template?.spec;
    return podSpec ? [[`${kind}/${metadata.name}`, podSpec]] : [];
  });

describe.skipIf(why !== "")(`the chart${why}`, () => {
  it("passes helm lint with the values of every case", async () => {
    for (const name of cases())
      expect(await run([helm, "lint", "--strict", chart, "--values", join(chart, `ci/${name}-values.yaml`)])).toContain(
        "0 chart(s) failed",
      );
  });

  describe.each(cases())("with ci/%s-values.yaml", (name) => {
    it("renders as rendered/ says (npm run gen writes it anew)", async () => {
      expect(await render(name)).toBe(readFileSync(join(renderedFolder, `${name}.yaml`), "utf8"));
    });

    it("gives every pod what the restricted standard asks for, and a read-only root", async () => {
      const specs = podSpecs(objectsOf(await render(name)));
      expect(specs.length).toBeGreaterThan(4);
      for (const [title, { securityContext, containers, volumes = [] }] of specs) {
        expect(securityContext, title).toMatchObject({
          runAsNonRoot: true,
          seccompProfile: { type: "RuntimeDefault" },
        });
        for (const container of containers)
          expect(container.securityContext, title).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          });
        expect(JSON.stringify(volumes), title).not.toContain("hostPath");
      }
    });

    it("pins a version in every image", async () => {
      const images = podSpecs(objectsOf(await render(name))).flatMap(([, spec]) => spec.containers.map((c) => c.image));
      for (const image of images) expect(image).toMatch(/(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/);
    });

    it("has pods behind every service, with the ports that it names", async () => {
      const objects = objectsOf(await render(name));
      for (const { metadata, spec } of objects.filter(({ kind }) => kind === "Service")) {
        const selector = Object.entries(spec?.selector ?? {});
        const template = objects
          .map((object) => object.spec?.template)
          .find((each) => each && selector.every(([key, value]) => each.metadata.labels[key] === value));
        const ports = template?.spec.containers.flatMap((container) => container.ports ?? []).map((port) => port.name);
        for (const { targetPort } of spec?.ports ?? []) expect(ports, metadata.name).toContain(targetPort);
      }
    });

    it("puts everything into the release's namespace, but for what Grafana reads in its own", async () => {
      const clusterWide = ["ClusterRole", "ClusterRoleBinding", "MutatingWebhookConfiguration"];
      for (const { kind, metadata } of objectsOf(await render(name))) {
        const isForGrafana = metadata.labels["app.kubernetes.io/component"] === "grafana";
        const allowed = isForGrafana
          ? ["monitoring", "heaphound"]
          : [clusterWide.includes(kind) ? undefined : "heaphound"];
        expect(allowed, `${kind}/${metadata.name}`).toContain(metadata.namespace);
      }
    });
  });

  it.each([
    ["a value that does not exist", "ingestor.replicas=2"],
    ["a mode that does not exist", "injection.mode=fast"],
    ["a number where text is meant", "clickhouse.database=5"],
    ["a failure policy that would keep pods from starting", "injection.failurePolicy=Fail"],
  ])("refuses %s", async (_title, setting) => {
    const result = await attempt([helm, "template", "heaphound", chart, "--set", setting]);
    expect(result.stderr).toContain("values don't meet the specifications of the schema");
  });

  it.skipIf(!hasPromtool)(`has alerts that Prometheus understands${hasPromtool ? "" : " (no promtool)"}`, async () => {
    const rule = objectsOf(await render("ha")).find(({ kind }) => kind === "PrometheusRule");
    const folder = mkdtempSync(join(tmpdir(), "heaphound-rules-"));
    try {
      const file = join(folder, "rules.yaml");
      writeFileSync(file, stringify({ groups: rule?.spec?.groups }));
      expect(await run(["promtool", "check", "rules", "--lint=all", "--lint-fatal", file])).toMatch(
        /SUCCESS: \d+ rules/,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("lets an injector in the node's network find the ingester by name", async () => {
    const words = ["--set", "injector.hostNetwork=true", "--show-only", "templates/injector/deployment.yaml"];
    const [deployment] = objectsOf(await run([helm, "template", "heaphound", chart, ...words]));
    expect(deployment!.spec!.template!.spec).toMatchObject({
      hostNetwork: true,
      dnsPolicy: "ClusterFirstWithHostNet",
    });
  });
});

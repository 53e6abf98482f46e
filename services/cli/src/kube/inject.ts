import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import jsonPatch from "fast-json-patch";
import { parseAllDocuments, stringify } from "yaml"; // keeps documents apart; the most used YAML library for npm
import {
  DEFAULT_SETTINGS,
  describe,
  INJECT,
  plan,
  podAt,
  podPath,
  type Manifest,
  type Operation,
  type Plan,
} from "@heaphound/injection";
import { CliError, exitCodes } from "../errors.js";
import { print, say } from "../output/print.js";

export interface InjectOptions {
  file: string;
  image?: string;
  ingester?: string;
  annotateOnly?: boolean;
}

/**
 * What the webhook would make of the pods of a manifest, or, with `--annotate-only`, the manifest that asks for it. The
 * same plan as in the cluster, without one. Manifests go to standard output, reasons to standard error.
 */
export async function inject(options: InjectOptions): Promise<void> {
  const source = options.file === "-" ? await text(process.stdin) : await readFile(options.file, "utf8");
  const manifests = readManifests(source, options.file);
  print(manifests.map((manifest) => stringify(changed(manifest, options), { lineWidth: 0 })).join("---\n"));
}

/** Throws CliError for what is no YAML or no object. */
export function readManifests(source: string, name: string): Manifest[] {
  const documents = parseAllDocuments(source);
  return documents.flatMap((document): Manifest[] => {
    const [error] = document.errors;
    if (error)
      throw new CliError(`${name}: ${error.message}`, { advice: "Correct the YAML.", exitCode: exitCodes.usage });
    const value: unknown = document.toJS();
    if (value === null) return [];
    if (typeof value !== "object" || Array.isArray(value))
      throw new CliError(`${name}: a document is no object`, { advice: "Give manifests.", exitCode: exitCodes.usage });
    return [value];
  });
}

function changed(manifest: Manifest, options: InjectOptions): Manifest {
  const path = podPath(manifest);
  if (!path) return manifest;
  const asked = withRequest(manifest, path);
  if (options.annotateOnly) return asked;
  const result = planFor(asked, path, options);
  const title = `${manifest.kind ?? "?"}/${manifest.metadata?.name ?? "?"}`;
  for (const finding of result.findings) say(`${title}: ${describe(finding)}`);
  const operations = result.operations.map((operation) => ({
    ...operation,
    path: `${pointer(path)}${operation.path}`,
  }));
  return jsonPatch.applyPatch(asked, operations as (Operation & { value: unknown })[], true).newDocument;
}

/** The label goes where it works: on the pod, or the template of the workload's pods. */
export function withRequest(manifest: Manifest, path: readonly string[]): Manifest {
  const copy = structuredClone(manifest);
  const pod = podAt(copy, path);
  pod.metadata ??= {};
  pod.metadata.labels = { ...pod.metadata.labels, [INJECT]: "true" };
  return copy;
}

function planFor(manifest: Manifest, path: readonly string[], { image, ingester }: InjectOptions): Plan {
  return plan({
    pod: podAt(manifest, path),
    namespace: { name: manifest.metadata?.namespace ?? "default" },
    settings: {
      ...DEFAULT_SETTINGS,
      image: image ?? "ghcr.io/heaphound/heaphound-init:0.1.0",
      server: ingester ?? "https://heaphound-ingester.heaphound.svc:7411",
      caBundle: "",
    },
  });
}

function pointer(path: readonly string[]): string {
  return path.map((step) => `/${step}`).join("");
}

// An image from a folder: one layer, written as an archive in the layout of the OCI image specification.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./command.ts";

export interface ImageSettings {
  /** With registry and tag, e.g. localhost/pause:test. */
  name: string;
  entrypoint: readonly string[];
  environment?: readonly string[];
  user?: string;
}

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Files belong to root and are of 1970: equal folders make equal images. */
const reproducible = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];

export async function writeImage(rootFolder: string, settings: ImageSettings, archive: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), "heaphound-image-"));
  try {
    const blobs = join(work, "blobs/sha256");
    mkdirSync(blobs, { recursive: true });
    const add = (bytes: Buffer, mediaType: string): { mediaType: string; digest: string; size: number } => {
      const digest = digestOf(bytes);
      writeFileSync(join(blobs, digest), bytes);
      return { mediaType: `application/vnd.oci.image.${mediaType}`, digest: `sha256:${digest}`, size: bytes.length };
    };
    const layerFile = join(work, "layer");
    await run(["tar", ...reproducible, "-C", rootFolder, "-cf", layerFile, "."]);
    const layer = add(readFileSync(layerFile), "layer.v1.tar");
    rmSync(layerFile);
    const platform = { os: "linux", architecture: architectures[process.arch] ?? process.arch };
    const config = {
      ...platform,
      config: { Entrypoint: settings.entrypoint, Env: settings.environment ?? [], User: settings.user ?? "" },
      rootfs: { type: "layers", diff_ids: [layer.digest] },
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: add(Buffer.from(JSON.stringify(config)), "config.v1+json"),
      layers: [layer],
    };
    const annotations = { "io.containerd.image.name": settings.name };
    const index = { ...add(Buffer.from(JSON.stringify(manifest)), "manifest.v1+json"), platform, annotations };
    writeFileSync(join(work, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [index] }));
    writeFileSync(join(work, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    await run(["tar", "-C", work, "-cf", `${archive}.part`, "oci-layout", "index.json", "blobs"]);
    renameSync(`${archive}.part`, archive);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

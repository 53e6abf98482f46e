// Builds the images of all services from images/ and puts them into one archive that shares their layers.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { baseImage } from "./base-image.ts";
import { withDocker, type Docker } from "./docker.ts";
import { cacheDir, checkout } from "./paths.ts";
import { step } from "./progress.ts";

export const services = ["ingester", "api", "gui", "clickhouse", "cli"] as const;

export const imageName = (service: string): string => `localhost/heaphound-${service}:test`;

const keptArchives = 3;

/** Archive with the images of all services, as `ctr images import` takes it. */
export async function serviceImages(): Promise<string> {
  return withDocker(async (engine) => {
    const base = await baseImage(engine);
    const ids: string[] = [];
    for (const service of services) {
      await step(`image ${service}`, () => build(engine, service, base));
      ids.push((await engine.docker(["image", "inspect", "--format", "{{.Id}}", imageName(service)])).trim());
    }
    return save(engine, ids);
  });
}

async function build({ docker }: Docker, service: string, base: string): Promise<void> {
  const choices = { NODE_IMAGE: base, COMPILED: "prebuilt" };
  const words = Object.entries(choices).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  const from = ["--file", join(checkout, "images/Dockerfile"), "--target", service, checkout];
  await docker(["build", "--network=host", "--tag", imageName(service), ...words, ...from]);
}

/** Saving takes as long as building: the archive stays as long as the images are the same. */
async function save({ docker }: Docker, ids: readonly string[]): Promise<string> {
  const folder = join(cacheDir, "images");
  mkdirSync(folder, { recursive: true });
  const hash = createHash("sha256").update(ids.join(" ")).digest("hex").slice(0, 16);
  const archive = join(folder, `${hash}.tar`);
  if (existsSync(archive)) utimesSync(archive, new Date(), new Date());
  else {
    await step("images saved", () => docker(["save", "--output", `${archive}.part`, ...services.map(imageName)]));
    renameSync(`${archive}.part`, archive);
  }
  removeOldArchives(folder);
  return archive;
}

function removeOldArchives(folder: string): void {
  const age = (name: string): number => -statSync(join(folder, name)).mtimeMs;
  const byAge = readdirSync(folder).sort((a, b) => age(a) - age(b));
  for (const name of byAge.slice(keptArchives)) rmSync(join(folder, name));
}

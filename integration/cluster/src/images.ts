// Builds the images of all services from images/ and puts them into one archive that shares their layers.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { baseImage } from "./base-image.ts";
import { withDocker, type Docker } from "./docker.ts";
import { run } from "./command.ts";
import { cacheDir, checkout } from "./paths.ts";
import { step } from "./progress.ts";

export const services = ["ingester", "api", "gui", "clickhouse", "injector", "cli"] as const;

export const imageName = (service: string): string => `localhost/heaphound-${service}:test`;

const keptArchives = 3;

/** Docker's names of the architectures that Node names otherwise. */
const architectures: Readonly<Record<string, string>> = { x64: "amd64" };

/** Archive with the images of all services, as `ctr images import` takes it: the one that is named, or a new one. */
export async function serviceImages(): Promise<string> {
  const named = process.env.HEAPHOUND_CLUSTER_IMAGES;
  if (named !== undefined && named !== "") return named;
  return withDocker(async (engine) => {
    const base = await baseImage(engine);
    for (const service of services) await step(`image ${service}`, () => build(engine, service, base));
    await step("image init", () => buildInit(engine));
    return save(engine);
  });
}

async function build({ docker }: Docker, service: string, base: string): Promise<void> {
  const choices = { NODE_IMAGE: base, COMPILED: "prebuilt" };
  const words = Object.entries(choices).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  const from = ["--file", join(checkout, "images/Dockerfile"), "--target", service, checkout];
  await docker(["build", "--network=host", "--tag", imageName(service), ...words, ...from]);
}

/** The static copier and the library: its context is made by the library's own build. */
async function buildInit({ docker }: Docker): Promise<void> {
  const architecture = architectures[process.arch] ?? process.arch;
  await run(["make", "-C", join(checkout, "preload"), "--no-print-directory", "image", `ARCH=${architecture}`]);
  const words = ["--build-arg", `TARGETARCH=${architecture}`, "--file", join(checkout, "images/init/Dockerfile")];
  await docker(["build", "--tag", imageName("init"), ...words, join(checkout, "preload/build/images/init")]);
}

/** Saving takes as long as building: the archive stays as long as the images are the same. */
async function save({ docker }: Docker): Promise<string> {
  const names = [...services, "init"].map(imageName);
  const ids = await docker(["image", "inspect", "--format", "{{.Id}}", ...names]);
  const folder = join(cacheDir, "images");
  mkdirSync(folder, { recursive: true });
  const hash = createHash("sha256").update(ids).digest("hex").slice(0, 16);
  const archive = join(folder, `${hash}.tar`);
  if (existsSync(archive)) utimesSync(archive, new Date(), new Date());
  else {
    await step("images saved", () => docker(["save", "--output", `${archive}.part`, ...names]));
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

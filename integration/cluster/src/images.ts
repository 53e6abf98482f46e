// The images of all services, built from images/.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { baseImage } from "./base-image.ts";
import { run } from "./command.ts";
import { withDocker, type Docker } from "./docker.ts";
import { checkout } from "./paths.ts";
import { step } from "./progress.ts";

const services = ["ingester", "api", "gui", "clickhouse", "injector", "cli"] as const;
export type Service = (typeof services)[number];

export const imageName = (service: string): string => `localhost/heaphound-${service}:test`;

const dockerNames: Readonly<Record<string, string>> = { x64: "amd64" };
const architecture = dockerNames[process.arch] ?? process.arch;

export interface BuiltImages {
  /** Changes whenever one of them does. */
  fingerprint: string;
  /** A command that writes an archive of all to standard output, sharing their layers. */
  saveCommand: string[];
  /** Of the engine that has them, as in DOCKER_HOST. */
  dockerHost: string;
}

/** Builds the init image and those of services, or only what changed, and hands them on while the engine still runs. */
export function withServiceImages<T>(
  use: (images: BuiltImages) => Promise<T>,
  wanted: readonly Service[] = services,
): Promise<T> {
  return withDocker(async (engine) => {
    const base = await baseImage(engine);
    for (const service of wanted) await step(`image ${service}`, () => build(engine, service, base));
    await step("image init", () => buildInit(engine));
    const names = [...wanted, "init"].map(imageName);
    const ids = await engine.docker(["image", "inspect", "--format", "{{.Id}}", ...names]);
    const fingerprint = createHash("sha256").update(ids).digest("hex").slice(0, 16);
    return use({ fingerprint, saveCommand: engine.command(["save", ...names]), dockerHost: engine.host });
  });
}

async function build({ docker }: Docker, service: string, base: string): Promise<void> {
  const choices = { NODE_IMAGE: base, COMPILED: "prebuilt" };
  const words = Object.entries(choices).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  const from = ["--file", join(checkout, "images/Dockerfile"), "--target", service, checkout];
  await docker(["build", "--network=host", "--tag", imageName(service), ...words, ...from]);
}

/** The static copier and the library: their own build makes the context. */
async function buildInit({ docker }: Docker): Promise<void> {
  await run(["make", "-C", join(checkout, "preload"), "--no-print-directory", "image"]);
  const context = join(checkout, "preload/build/images/init");
  const words = ["--build-arg", `TARGETARCH=${architecture}`, "--file", join(checkout, "images/init/Dockerfile")];
  await docker(["build", "--tag", imageName("init"), ...words, context]);
}

// The images of all services, built from images/.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { baseImage } from "./base-image.ts";
import { withDocker, type Docker } from "./docker.ts";
import { checkout } from "./paths.ts";
import { step } from "./progress.ts";

export const services = ["ingester", "api", "gui", "clickhouse", "injector", "cli"] as const;

export const imageName = (service: string): string => `localhost/heaphound-${service}:test`;

export interface BuiltImages {
  /** Changes whenever one of them does. */
  fingerprint: string;
  /** A command that writes an archive of all to standard output, sharing their layers. */
  saveCommand: string[];
}

/** Builds the images of all services, or only what changed of them, and hands them on while the engine still runs. */
export function withServiceImages<T>(use: (images: BuiltImages) => Promise<T>): Promise<T> {
  return withDocker(async (engine) => {
    const base = await baseImage(engine);
    for (const service of services) await step(`image ${service}`, () => build(engine, service, base));
    const names = services.map(imageName);
    const ids = await engine.docker(["image", "inspect", "--format", "{{.Id}}", ...names]);
    const fingerprint = createHash("sha256").update(ids).digest("hex").slice(0, 16);
    return use({ fingerprint, saveCommand: engine.command(["save", ...names]) });
  });
}

async function build({ docker }: Docker, service: string, base: string): Promise<void> {
  const choices = { NODE_IMAGE: base, COMPILED: "prebuilt" };
  const words = Object.entries(choices).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  const from = ["--file", join(checkout, "images/Dockerfile"), "--target", service, checkout];
  await docker(["build", "--network=host", "--tag", imageName(service), ...words, ...from]);
}

// Before the suite: a Docker engine with the images of this checkout; it stays until the suite has ended.
import type { TestProject } from "vitest/node";
import { whyNoBaseImage } from "../../src/base-image.ts";
import { whyNoDocker } from "../../src/docker.ts";
import { withServiceImages } from "../../src/images.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Empty if there are images. */
    whyNoImages: string;
    /** The engine's, as in DOCKER_HOST. */
    dockerHost: string;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const reason = (await whyNoDocker()) ?? (await whyNoBaseImage());
  project.provide("whyNoImages", reason ?? "");
  if (reason !== undefined) {
    project.provide("dockerHost", "");
    return undefined;
  }
  const { promise: ended, resolve: end } = Promise.withResolvers<undefined>();
  const ready = Promise.withResolvers<string>();
  const serving = withServiceImages(
    ({ dockerHost }) => {
      ready.resolve(dockerHost);
      return ended;
    },
    ["clickhouse", "ingester", "api", "gui", "injector", "cli"],
  );
  serving.catch(ready.reject);
  project.provide("dockerHost", await ready.promise);
  return async () => {
    end(undefined);
    await serving;
  };
}

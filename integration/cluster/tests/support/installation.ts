import { join } from "node:path";
import type { Cluster } from "../../src/cluster.ts";
import { imageName } from "../../src/images.ts";
import { checkout } from "../../src/paths.ts";
import { Api } from "./api.ts";
import { forward, type Forward } from "./forward.ts";

export const release = "heaphound";
export const namespace = "heaphound";
const ownChart = join(checkout, "charts/heaphound");

const image = (service: string): object => ({
  repository: imageName(service).replace(/:\w+$/, ""),
  tag: "test",
  pullPolicy: "Never",
});

/** Everything small and without the page, from the images that were built here. */
const values = {
  // Counts are compared with those of the programs, allocation by allocation.
  injection: { image: image("init"), mode: "exact" },
  injector: { image: image("injector"), replicas: 1, drainSeconds: 0, pdb: { enabled: false } },
  ingester: { image: image("ingester") },
  api: { image: image("api") },
  gui: { enabled: false },
  clickhouse: { embedded: { image: image("clickhouse"), persistence: { enabled: false } } },
  cleanup: { image: { pullPolicy: "Never" } },
};
export type ChangedValues = Partial<Record<keyof typeof values, object>>;

/** Of an account that may list pods everywhere, as a user's would be: the readers' mode that is the chart's default. */
async function readerToken(cluster: Cluster): Promise<string> {
  const name = "test-reader";
  const metadata = { name, namespace };
  await cluster.apply(
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: `heaphound-${name}` },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
      subjects: [{ kind: "ServiceAccount", ...metadata }],
    },
  );
  return (await cluster.kubectl("create", "token", name, "--namespace", namespace, "--duration=4h")).trim();
}

/** The chart in a cluster, as a user installs it. */
export class Installation {
  readonly cluster: Cluster;
  private reading: Api | undefined;
  private forwarded: Forward | undefined;

  private constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** Installs it, or changes what is there to these values. */
  static async install(cluster: Cluster, changed: ChangedValues = {}, chart = ownChart): Promise<Installation> {
    const installation = new Installation(cluster);
    await installation.upgrade(changed, chart);
    return installation;
  }

  async upgrade(changed: ChangedValues = {}, chart = ownChart): Promise<void> {
    this.close();
    const merged = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { ...value, ...changed[name as keyof typeof values] }]),
    );
    const options = ["--namespace", namespace, "--create-namespace", "--wait", "--timeout", "180s", "--values", "-"];
    await this.cluster.helmWith(JSON.stringify(merged), "upgrade", "--install", release, chart, ...options);
    this.forwarded = await forward(this.cluster, "heaphound-api", 7412);
    this.reading = new Api(this.forwarded.url, await readerToken(this.cluster));
  }

  /** As somebody who may see everything. */
  get api(): Api {
    if (this.reading === undefined) throw new Error("the installation is closed");
    return this.reading;
  }

  /** As somebody else. */
  apiFor(token: string): Api {
    return new Api(this.api.url, token);
  }

  close(): void {
    this.forwarded?.close();
    this.forwarded = undefined;
    this.reading = undefined;
  }
}

// Programs under test in a namespace of their own. They count what they allocate (programs/work.c), so that a recording can be
// compared with them.
import type { ProcessSummary } from "@heaphound/query";
import { expect } from "vitest";
import type { Cluster } from "../../src/cluster.ts";
import { until } from "../../src/until.ts";
import { reasonsOf } from "./cli.ts";
import type { Installation } from "./installation.ts";
import { totalsOf } from "./work.ts";
import { pod, type Application } from "./workloads.ts";

export type Wanted = Partial<Application> & { name: string };

/** What `once` does. */
const ONCE = { allocations: 5000, frees: 4500 };

export class Programs {
  readonly namespace: string;
  private readonly heaphound: Installation;
  private readonly cluster: Cluster;

  constructor(heaphound: Installation, namespace: string) {
    this.heaphound = heaphound;
    this.cluster = heaphound.cluster;
    this.namespace = namespace;
  }

  /** Makes the namespace anew. Pods are refused until it has its service account. */
  async begin(labels: Record<string, string> = {}): Promise<void> {
    await this.cluster.kubectl("delete", "namespace", this.namespace, "--ignore-not-found", "--timeout=120s");
    await this.cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: this.namespace, labels } });
    const account = ["get", "serviceaccount", "default", "--namespace", this.namespace];
    const isThere = async (): Promise<boolean> => (await this.cluster.tryKubectl(account)).code === 0;
    await until(`the service account of ${this.namespace}`, isThere, { everyMs: 100 });
  }

  async end(): Promise<void> {
    await this.cluster.kubectl("delete", "namespace", this.namespace, "--ignore-not-found", "--wait=false");
  }

  kubectl(...words: string[]): Promise<string> {
    return this.cluster.kubectl("--namespace", this.namespace, ...words);
  }

  apply(...objects: object[]): Promise<void> {
    return this.cluster.apply(...objects);
  }

  /** A program that ends by itself, unless the arguments say otherwise. */
  application(wanted: Wanted): Application {
    return { image: "work", namespace: this.namespace, args: ["once", String(ONCE.allocations)], ...wanted };
  }

  /** Its processes that suit, as soon as there is one. */
  recorded(name: string, suits?: (process: ProcessSummary) => boolean): Promise<ProcessSummary[]> {
    return this.heaphound.api.ofPod(this.namespace, name, suits);
  }

  /** Starts one that allocates until it is told to end; resolves when something of it has arrived. */
  async start(wanted: Wanted): Promise<ProcessSummary> {
    await this.apply(pod(this.application({ args: ["run", "200"], ...wanted })));
    const [process] = await this.recorded(wanted.name, ({ allocations }) => allocations > 0);
    return process!;
  }

  /** Tells a program to end, and compares its own count with the recording. */
  async expectComplete(name: string, end: () => Promise<unknown> = () => this.delete(name)): Promise<void> {
    const log = await this.follow(name);
    await end();
    const made = totalsOf(await log.text);
    const isWhole = ({ running, allocations }: ProcessSummary): boolean => !running && allocations >= made.allocations;
    const [process] = await this.recorded(name, isWhole);
    expect(process).toMatchObject({ endReason: "exit", lossCount: 0, ...made });
  }

  /** Its log to the end, once it has begun to come: a pod that ends at once would take it along. */
  private async follow(name: string): Promise<{ text: Promise<string> }> {
    // It may work already while the API server has not heard that it runs, and refuses to show its log.
    await this.kubectl("wait", "--for=condition=Ready", `pod/${name}`, "--timeout=60s");
    const words = ["--namespace", this.namespace, "logs", name, "--container", "app", "--follow"];
    const { promise: begun, resolve } = Promise.withResolvers<null>();
    const followed = this.cluster.tryKubectl(words, { onOutput: () => resolve(null) });
    await Promise.race([begun, followed]);
    return { text: followed.then(({ stdout, stderr }) => stdout + stderr) };
  }

  delete(name: string): Promise<string> {
    return this.kubectl("delete", "pod", name, "--wait=false");
  }

  /** What the program said, once it has ended well. */
  async logOf(name: string): Promise<string> {
    await this.kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", `pod/${name}`, "--timeout=60s");
    return this.kubectl("logs", name, "--container", "app");
  }

  /** Runs the pod to its end; the recording has exactly what the program counted, and its owner is told that all is well. */
  async expectRecorded(wanted: Wanted): Promise<void> {
    await this.apply(pod(this.application(wanted)));
    const made = totalsOf(await this.logOf(wanted.name));
    const [process] = await this.recorded(wanted.name, ({ running }) => !running);
    expect(process).toMatchObject({ endReason: "exit", lossCount: 0, ...made });
    expect(await this.reasons(wanted.name)).toEqual(["injected"]);
  }

  /** Runs the pod to its end; it did what it would have done without us, and nothing of it is recorded. */
  async expectUnrecorded(wanted: Wanted): Promise<void> {
    await this.apply(pod(this.application(wanted)));
    expect(totalsOf(await this.logOf(wanted.name))).toEqual(ONCE);
    const question = `namespace = "${this.namespace}" and pod = "${wanted.name}"`;
    expect(await this.heaphound.api.processes(question)).toEqual([]);
  }

  /** The codes that `kubectl heaphound why` gives, the likeliest first. */
  reasons(name: string): Promise<string[]> {
    return reasonsOf(this.cluster, this.namespace, name);
  }

  /** What is told of a program that stayed silent; it is given a while before anybody says so. */
  async expectReason(name: string, code: string): Promise<void> {
    const isTold = async (): Promise<boolean> => (await this.reasons(name)).includes(code);
    await until(`the reason ${code} of ${name}`, isTold, { everyMs: 2_000 });
  }

  /** What its webhook would have added. */
  initContainers(name: string): Promise<string> {
    return this.kubectl("get", "pod", name, "--output=jsonpath={.spec.initContainers[*].name}");
  }
}

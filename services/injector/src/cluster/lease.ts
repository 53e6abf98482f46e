import { V1MicroTime, type CoordinationV1Api, type V1Lease } from "@kubernetes/client-node";
import { errorMessage, type Logger } from "@heaphound/service-kit";
import { hasStatus, orNone } from "./client.js";

export interface LeaseOptions {
  coordination: CoordinationV1Api;
  log: Logger;
  namespace: string;
  name: string;
  /** Unique per replica: the pod's name. */
  holder: string;
  /** A holder that has not renewed for so long is no longer one. */
  seconds?: number;
  now?: () => Date;
}

/**
 * At most one replica holds the Lease (coordination.k8s.io/v1). Every write carries the version that was read, so of two
 * that try at once one gets a conflict. Times are judged by how long the lease has looked the same here, as clocks differ.
 */
export class Lease {
  private readonly seconds: number;
  private readonly now: () => Date;
  private seen = { version: "", at: 0 };

  constructor(private readonly options: LeaseOptions) {
    this.seconds = options.seconds ?? 30;
    this.now = options.now ?? ((): Date => new Date());
  }

  /** Takes or renews. False: another has it, or the API server does not answer. Call at least every third of its time. */
  async hold(): Promise<boolean> {
    try {
      return await this.tryToHold();
    } catch (error) {
      if (!hasStatus(error, 409)) this.options.log.warn({ error: errorMessage(error) }, "lease not renewed");
      return false;
    }
  }

  /** So that another need not wait for the end of its time. */
  async release(): Promise<void> {
    const lease = await this.read();
    if (lease?.spec?.holderIdentity !== this.options.holder) return;
    await this.replace(lease, "");
  }

  private async tryToHold(): Promise<boolean> {
    const lease = await this.read();
    if (!lease) return this.create();
    const holder = lease.spec?.holderIdentity ?? "";
    if (holder !== "" && holder !== this.options.holder && !this.hasExpired(lease)) return false;
    await this.replace(lease, this.options.holder);
    return true;
  }

  private hasExpired(lease: V1Lease): boolean {
    const version = lease.metadata?.resourceVersion ?? "";
    const now = this.now().getTime();
    if (version !== this.seen.version) this.seen = { version, at: now };
    return now - this.seen.at > (lease.spec?.leaseDurationSeconds ?? this.seconds) * 1000;
  }

  private read(): Promise<V1Lease | undefined> {
    const { coordination, name, namespace } = this.options;
    return orNone(coordination.readNamespacedLease({ name, namespace }));
  }

  private async create(): Promise<boolean> {
    const { coordination, name, namespace, holder } = this.options;
    await coordination.createNamespacedLease({ namespace, body: { metadata: { name }, spec: this.spec(holder) } });
    return true;
  }

  private async replace(lease: V1Lease, holder: string): Promise<void> {
    const { coordination, name, namespace } = this.options;
    await coordination.replaceNamespacedLease({ name, namespace, body: { ...lease, spec: this.spec(holder) } });
  }

  private spec(holderIdentity: string): V1Lease["spec"] & object {
    const time = new V1MicroTime(this.now());
    return { holderIdentity, leaseDurationSeconds: this.seconds, renewTime: time, acquireTime: time };
  }
}

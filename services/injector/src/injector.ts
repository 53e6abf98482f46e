import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Namespace } from "@kubernetes/client-node";
import type { Namespace } from "@heaphound/injection";
import { errorMessage, Health, type Logger } from "@heaphound/service-kit";
import { CertificateFiles } from "./certificates/files.js";
import { readCertificate, type KeyPair } from "./certificates/issue.js";
import { CertificateKeeper } from "./certificates/keeper.js";
import { trustBundle } from "./certificates/webhook-configuration.js";
import type { Cluster } from "./cluster/client.js";
import { Lease } from "./cluster/lease.js";
import { Quarantine } from "./cluster/quarantine.js";
import { Watched } from "./cluster/watched.js";
import { certificateNames, settingsOf, type InjectorConfig } from "./config.js";
import { Controller } from "./controller/controller.js";
import { FleetClient } from "./controller/fleet-client.js";
import { InjectorMetrics } from "./metrics.js";
import { createStatusServer } from "./status-server.js";
import { answerReview } from "./webhook/review.js";
import { WebhookServer } from "./webhook/server.js";

export interface InjectorOptions {
  config: InjectorConfig;
  log: Logger;
  cluster: Cluster;
}

const LEASE_SECONDS = 30;
const LEASE_RENEWAL_MS = 8_000;
const ROTATION = { authorityDays: 365, serverDays: 90, overlapMs: 86_400_000 };

/** Webhook, certificates and quarantine of one replica. */
export class Injector {
  private readonly health = new Health();
  private readonly metrics = new InjectorMetrics();
  private readonly namespaces: Watched<V1Namespace, Namespace>;
  readonly quarantine: Quarantine;
  private controller: Controller | undefined;
  private readonly lease: Lease;
  private readonly status: Server;
  private webhook: Promise<WebhookServer> | undefined;
  private caBundle = "";
  private leads = false;
  private stopping = false;
  private timer: NodeJS.Timeout | undefined;
  private unwatch = (): void => {};

  constructor(private readonly options: InjectorOptions) {
    const { cluster, config, log } = options;
    this.namespaces = new Watched({
      cluster,
      log,
      path: "/api/v1/namespaces",
      list: (page) => cluster.core.listNamespace(page),
      keep: toNamespace,
      keyOf: ({ metadata }) => metadata?.name ?? "",
      onChange: (namespace) => this.controller?.namespaceChanged(namespace),
    });
    this.quarantine = new Quarantine(cluster, config.HEAPHOUND_NAMESPACE, log);
    this.lease = new Lease({
      coordination: cluster.coordination,
      log,
      namespace: config.HEAPHOUND_NAMESPACE,
      name: "heaphound-injector",
      holder: config.HEAPHOUND_POD,
      seconds: LEASE_SECONDS,
    });
    this.status = createStatusServer(this.health, this.metrics.metrics);
    this.health.addReadiness("certificate", () => this.needs(this.webhook !== undefined, "no certificate yet"));
    this.health.addReadiness("namespaces", () => this.needs(this.namespaces.synced, "namespaces not listed yet"));
  }

  /** Resolves once everything has been started; readiness tells when reviews are answered. */
  async start(): Promise<void> {
    const { host, port } = this.options.config.HEAPHOUND_STATUS_LISTEN;
    await new Promise<void>((resolve) => this.status.listen(port, host, resolve));
    await Promise.all([this.namespaces.start(), this.quarantine.start()]);
    if (this.options.config.HEAPHOUND_CERTIFICATES === "files") await this.useFiles();
    else await this.keepCertificates();
  }

  /** Not ready first: the API server goes on sending reviews here until it has heard that. */
  async stop(): Promise<void> {
    this.health.beginShutdown();
    this.stopping = true;
    clearTimeout(this.timer);
    this.unwatch();
    if (this.leads) await this.lease.release().catch(() => {});
    await sleep(this.options.config.HEAPHOUND_DRAIN_SECONDS * 1000);
    await (await this.webhook)?.close();
    await Promise.all([this.namespaces.stop(), this.quarantine.stop(), this.controller?.stop()]);
    await new Promise<void>((resolve) => this.status.close(() => resolve()));
  }

  private async keepCertificates(): Promise<void> {
    const { cluster, config, log } = this.options;
    const keeper = new CertificateKeeper({
      cluster,
      log,
      namespace: config.HEAPHOUND_NAMESPACE,
      policy: { ...ROTATION, servers: certificateNames(config) },
      ownSecret: `${config.HEAPHOUND_WEBHOOK_SERVICE}-tls`,
      webhookConfiguration: config.HEAPHOUND_WEBHOOK_CONFIGURATION,
      leads: () => this.leads,
      onCertificates: (own, bundle) => this.useCertificate(own, bundle),
    });
    await this.repeat(() => keeper.tend());
  }

  /** Renews the lease and then does what only the leader may do, again and again. */
  private async repeat(work: () => Promise<unknown>): Promise<void> {
    const led = this.leads;
    this.leads = await this.lease.hold();
    this.metrics.setLeader(this.leads);
    if (this.leads && !led) this.beginControl();
    if (!this.leads && led) await this.endControl();
    await work();
    if (!this.stopping) this.timer = setTimeout(() => void this.repeat(work), LEASE_RENEWAL_MS);
  }

  /** A new one each time: what a leader of before remembered may be long over. */
  private beginControl(): void {
    const { cluster, config, log } = this.options;
    const { server } = settingsOf(config, "");
    this.controller = new Controller({
      cluster,
      log,
      metrics: this.metrics,
      quarantine: this.quarantine,
      fleet: new FleetClient({ server, tokenFile: config.HEAPHOUND_TOKEN_FILE, caBundle: () => this.caBundle }),
      everyMs: config.HEAPHOUND_COVERAGE_SECONDS * 1000,
      settings: () => settingsOf(config, this.caBundle),
      namespaceOf: (name) => this.namespaces.get(name),
    });
    this.controller.start();
  }

  private async endControl(): Promise<void> {
    const controller = this.controller;
    this.controller = undefined;
    this.metrics.setCoverage([]);
    await controller?.stop();
  }

  private async useFiles(): Promise<void> {
    const files = new CertificateFiles(this.options.config.HEAPHOUND_CERTIFICATE_DIR);
    const reload = async (): Promise<void> => {
      const { own, bundle } = await files.read();
      this.useCertificate(own, bundle);
      if (bundle !== "") await this.trust(bundle);
    };
    await reload();
    // An upgrade of the chart may bring a webhook that trusts nobody yet.
    await this.repeat(() => (this.leads && this.caBundle !== "" ? this.trust(this.caBundle) : Promise.resolve()));
    this.unwatch = files.onChange(
      () =>
        void reload().catch((error: unknown) =>
          this.options.log.warn({ error: errorMessage(error) }, "new certificate not usable, the old one stays"),
        ),
    );
  }

  /** cert-manager's injector may do the same; writing the same text twice harms nobody. */
  private async trust(bundle: string): Promise<void> {
    try {
      await trustBundle(this.options.cluster, this.options.config.HEAPHOUND_WEBHOOK_CONFIGURATION, bundle);
    } catch (error) {
      this.options.log.warn({ error: errorMessage(error) }, "caBundle not written");
    }
  }

  private useCertificate(own: KeyPair, bundle: string): void {
    this.caBundle = bundle;
    this.metrics.setCertificateExpiry(readCertificate(own.certificate).notAfter);
    if (this.webhook) void this.webhook.then((server) => server.useCertificate(own));
    else this.webhook = this.listen(own);
  }

  private async listen(own: KeyPair): Promise<WebhookServer> {
    const { config, log } = this.options;
    const context = {
      settings: () => settingsOf(config, this.caBundle),
      namespaceOf: (name: string) => this.namespaces.get(name),
      quarantineOf: this.quarantine.reasonOf.bind(this.quarantine),
    };
    const server = new WebhookServer(
      {
        log,
        answer: (body) => answerReview(body, context),
        onResult: (result, seconds) => this.metrics.countReview(result, seconds),
        onRejected: (reason) => this.metrics.countRejected(reason),
      },
      own,
    );
    const { host, port } = config.HEAPHOUND_WEBHOOK_LISTEN;
    log.info({ host, port: await server.listen(host, port) }, "answering reviews");
    return server;
  }

  private needs(condition: boolean, reason: string): void {
    if (!condition) throw new Error(reason);
  }
}

function toNamespace({ metadata = {} }: V1Namespace): Namespace | undefined {
  const { name, labels, annotations } = metadata;
  if (name === undefined) return undefined;
  return { name, ...(labels && { labels }), ...(annotations && { annotations }) };
}

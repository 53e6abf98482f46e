import { errorMessage, type Logger } from "@heaphound/service-kit";
import type { Cluster } from "../cluster/client.js";
import { hasStatus } from "../cluster/client.js";
import { bundleOf, rotate, type RotationPolicy } from "./rotation.js";
import { CertificateSecrets } from "./secrets.js";
import type { KeyPair } from "./issue.js";
import { trustBundle } from "./webhook-configuration.js";

export interface KeeperOptions {
  cluster: Cluster;
  log: Logger;
  namespace: string;
  policy: RotationPolicy;
  /** Secret with the webhook's own certificate. */
  ownSecret: string;
  webhookConfiguration: string;
  /** May this replica write? */
  leads: () => boolean;
  /** Told at each change of the own certificate or of what is to be trusted. */
  onCertificates: (own: KeyPair, bundle: string) => void;
  now?: () => Date;
}

/**
 * Keeps the certificates: every replica reads and uses what the Secrets hold, the leader also renews them and tells the
 * API server (caBundle) what to trust. Called every minute; a failure leaves everything as it is.
 */
export class CertificateKeeper {
  private readonly secrets: CertificateSecrets;
  private known = "";

  constructor(private readonly options: KeeperOptions) {
    this.secrets = new CertificateSecrets(options.cluster.core, options.namespace);
  }

  /** True when this replica has a certificate to serve with. */
  async tend(): Promise<boolean> {
    try {
      await this.readAndRenew();
    } catch (error) {
      // 409: another replica was first, what it wrote is read next time
      if (!hasStatus(error, 409)) this.options.log.warn({ error: errorMessage(error) }, "certificates not tended");
    }
    return this.known !== "";
  }

  private async readAndRenew(): Promise<void> {
    const { policy, leads } = this.options;
    const now = this.options.now?.() ?? new Date();
    const stored = await this.secrets.read(policy);
    let { state } = stored;
    if (leads()) {
      const next = await rotate(state, policy, now);
      if (next !== state) {
        await this.secrets.write(next, stored, bundleOf(next.authorities, now));
        this.options.log.info({ secrets: Object.keys(next.servers) }, "certificates renewed");
        state = next;
      }
    }
    const bundle = bundleOf(state.authorities, now);
    if (leads()) await trustBundle(this.options.cluster, this.options.webhookConfiguration, bundle);
    this.use(state.servers[this.options.ownSecret], bundle);
  }

  private use(own: KeyPair | undefined, bundle: string): void {
    if (!own) return;
    const text = own.certificate + bundle;
    if (text === this.known) return;
    this.known = text;
    this.options.onCertificates(own, bundle);
  }
}

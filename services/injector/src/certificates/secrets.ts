import type { CoreV1Api, V1Secret } from "@kubernetes/client-node";
import { orNone } from "../cluster/client.js";
import type { CertificateState, RotationPolicy } from "./rotation.js";
import type { KeyPair } from "./issue.js";

/** Holds the authorities' keys: nobody but the injector may read it. */
export const AUTHORITY_SECRET = "heaphound-ca";

/** Secrets as they were read; writing back carries their versions, so that nothing newer is overwritten. */
export interface StoredState {
  state: CertificateState;
  secrets: ReadonlyMap<string, V1Secret>;
}

/** The state of rotation as Secrets of one namespace. */
export class CertificateSecrets {
  constructor(
    private readonly core: CoreV1Api,
    private readonly namespace: string,
    private readonly labels: Record<string, string> = { "app.kubernetes.io/part-of": "heaphound" },
  ) {}

  async read(policy: RotationPolicy): Promise<StoredState> {
    const secrets = new Map<string, V1Secret>();
    for (const name of [AUTHORITY_SECRET, ...Object.keys(policy.servers)]) {
      const secret = await orNone(this.core.readNamespacedSecret({ name, namespace: this.namespace }));
      if (secret) secrets.set(name, secret);
    }
    const servers: Record<string, KeyPair> = {};
    for (const name of Object.keys(policy.servers)) {
      const pair = pairOf(secrets.get(name), "tls");
      if (pair) servers[name] = pair;
    }
    return { state: { authorities: authoritiesOf(secrets.get(AUTHORITY_SECRET)), servers }, secrets };
  }

  /** Throws a 409 when another has written meanwhile. `bundle` goes beside every certificate as ca.crt. */
  async write(next: CertificateState, stored: StoredState, bundle: string): Promise<void> {
    const { current, next: announced, previous } = next.authorities;
    const authority: Record<string, string> = { "bundle.crt": bundle };
    if (current) Object.assign(authority, { "ca.crt": current.certificate, "ca.key": current.key });
    if (announced) Object.assign(authority, { "next.crt": announced.certificate, "next.key": announced.key });
    if (previous !== undefined) authority["previous.crt"] = previous;
    await this.put(AUTHORITY_SECRET, "Opaque", authority, stored);
    for (const [name, { certificate, key }] of Object.entries(next.servers)) {
      await this.put(name, "kubernetes.io/tls", { "tls.crt": certificate, "tls.key": key, "ca.crt": bundle }, stored);
    }
  }

  private async put(name: string, type: string, values: Record<string, string>, stored: StoredState): Promise<void> {
    const data = Object.fromEntries(
      Object.entries(values).map(([key, text]) => [key, Buffer.from(text).toString("base64")]),
    );
    const present = stored.secrets.get(name);
    const { namespace } = this;
    if (present) {
      await this.core.replaceNamespacedSecret({ name, namespace, body: { ...present, data } });
      return;
    }
    await this.core.createNamespacedSecret({
      namespace,
      body: { metadata: { name, labels: this.labels }, type, data },
    });
  }
}

function authoritiesOf(secret: V1Secret | undefined): CertificateState["authorities"] {
  const current = pairOf(secret, "ca");
  const next = pairOf(secret, "next");
  const previous = textOf(secret, "previous.crt");
  return { ...(current && { current }), ...(next && { next }), ...(previous !== undefined && { previous }) };
}

function pairOf(secret: V1Secret | undefined, name: string): KeyPair | undefined {
  const certificate = textOf(secret, `${name}.crt`);
  const key = textOf(secret, `${name}.key`);
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

function textOf(secret: V1Secret | undefined, key: string): string | undefined {
  const value = secret?.data?.[key];
  return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
}

import { createAuthority, isIssuedBy, issue, readCertificate, type KeyPair } from "./issue.js";

/** All that is kept in Secrets. */
export interface CertificateState {
  authorities: Authorities;
  /** By the name of their Secret. */
  servers: Record<string, KeyPair>;
}

/** `next` is already trusted everywhere and signs nothing yet; `previous` signs nothing any more and is still trusted. */
export interface Authorities {
  current?: KeyPair;
  next?: KeyPair;
  previous?: string;
}

export interface RotationPolicy {
  authorityDays: number;
  serverDays: number;
  /** How long a new authority is only trusted: every reader of the bundle must have seen it before it signs. */
  overlapMs: number;
  /** DNS names by Secret. */
  servers: Record<string, readonly string[]>;
}

/**
 * The next state, or the same object when nothing is due. Certificates are renewed after two thirds of their life; an
 * authority is first announced (`next`), then used, so that at any time every server is trusted by every bundle that was
 * read less than `overlapMs` ago. What cannot be read, does not fit its key or was signed by nobody known is replaced.
 */
export async function rotate(state: CertificateState, policy: RotationPolicy, now: Date): Promise<CertificateState> {
  const authorities = await rotateAuthorities(state.authorities, policy, now);
  const { current } = authorities;
  if (!current) throw new Error("there is an authority after each rotation");
  const servers: Record<string, KeyPair> = {};
  let changed = authorities !== state.authorities;
  for (const [name, dnsNames] of Object.entries(policy.servers)) {
    const present = state.servers[name];
    const keep = present && isGood(present, current, dnsNames, now);
    servers[name] = keep ? present : await issue(current, dnsNames, now, policy.serverDays);
    changed ||= !keep;
  }
  return changed ? { authorities, servers } : state;
}

/** PEM of everything that may have signed a server's certificate: for caBundle and for the pods. */
export function bundleOf({ previous, current, next }: Authorities, now: Date): string {
  return [current?.certificate, next?.certificate, previous]
    .filter((pem) => pem !== undefined && lifeOf(pem, now) < 1)
    .map((pem) => pem!.trim())
    .join("\n")
    .concat("\n");
}

async function rotateAuthorities(present: Authorities, policy: RotationPolicy, now: Date): Promise<Authorities> {
  const fresh = (): Promise<KeyPair> => createAuthority(`heaphound ${now.toISOString()}`, now, policy.authorityDays);
  const { current, next } = present;
  if (!current || !isWhole(current) || lifeOf(current.certificate, now) >= 1) return { current: await fresh() };
  if (next && isWhole(next)) {
    const age = now.getTime() - readCertificate(next.certificate).notBefore.getTime();
    return age >= policy.overlapMs ? { current: next, previous: current.certificate } : present;
  }
  return lifeOf(current.certificate, now) >= 2 / 3 ? { ...present, next: await fresh() } : present;
}

function isWhole(authority: KeyPair): boolean {
  return isIssuedBy(authority, authority.certificate);
}

function isGood(pair: KeyPair, authority: KeyPair, dnsNames: readonly string[], now: Date): boolean {
  if (!isIssuedBy(pair, authority.certificate) || lifeOf(pair.certificate, now) >= 2 / 3) return false;
  const present = readCertificate(pair.certificate).dnsNames;
  return dnsNames.every((name) => present.includes(name));
}

/** Share of the certificate's life that has passed; 1 and more: expired. Unreadable counts as expired. */
function lifeOf(pem: string, now: Date): number {
  try {
    const { notBefore, notAfter } = readCertificate(pem);
    return (now.getTime() - notBefore.getTime()) / (notAfter.getTime() - notBefore.getTime());
  } catch {
    return Infinity;
  }
}

import "reflect-metadata"; // @peculiar/x509 resolves its parts by it
import { createPrivateKey, webcrypto, X509Certificate as NodeCertificate } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A certificate and its private key, both as PEM. */
export interface KeyPair {
  certificate: string;
  key: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
/** Clocks in a cluster differ a little. */
const SKEW_MS = 5 * 60_000;
const DAY_MS = 86_400_000;

type Keys = webcrypto.CryptoKeyPair;

/** A new authority, self-signed, for certificates of servers only. */
export async function createAuthority(name: string, now: Date, days: number): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: [{ CN: [name] }],
    notBefore: new Date(now.getTime() - SKEW_MS),
    notAfter: new Date(now.getTime() + days * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return exportPair(certificate, keys);
}

/** A server's certificate for these DNS names, signed by the authority, never longer valid than it. */
export async function issue(
  authority: KeyPair,
  dnsNames: readonly string[],
  now: Date,
  days: number,
): Promise<KeyPair> {
  const keys = await generateKeys();
  const issuer = new x509.X509Certificate(authority.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: [{ CN: [dnsNames[0] ?? "heaphound"] }],
    issuer: issuer.subject,
    notBefore: new Date(now.getTime() - SKEW_MS),
    notAfter: new Date(Math.min(now.getTime() + days * DAY_MS, issuer.notAfter.getTime())),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: "dns", value }))),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return exportPair(certificate, keys);
}

/** What rotation looks at. */
export interface CertificateFacts {
  notBefore: Date;
  notAfter: Date;
  dnsNames: string[];
}

/** Throws when the text is no certificate. */
export function readCertificate(pem: string): CertificateFacts {
  const certificate = new NodeCertificate(pem);
  const names = certificate.subjectAltName?.split(", ").map((name) => name.replace(/^DNS:/, "")) ?? [];
  return { notBefore: certificate.validFromDate, notAfter: certificate.validToDate, dnsNames: names };
}

/** Was `pem` signed by this authority, and does the key belong to it? False for anything unreadable. */
export function isIssuedBy(pair: KeyPair, authorityPem: string): boolean {
  try {
    const certificate = new NodeCertificate(pair.certificate);
    const authority = new NodeCertificate(authorityPem);
    return certificate.verify(authority.publicKey) && certificate.checkPrivateKey(createPrivateKey(pair.key));
  } catch {
    return false;
  }
}

async function generateKeys(): Promise<Keys> {
  return await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

async function exportPair(certificate: x509.X509Certificate, keys: Keys): Promise<KeyPair> {
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { certificate: `${certificate.toString("pem")}\n`, key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n` };
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  if (!der) throw new Error("the authority's key is no PEM");
  return webcrypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]);
}

/** 16 random bytes: two authorities never issue the same serial number. */
function randomSerial(): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString("hex");
}

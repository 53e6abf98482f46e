import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { experimental } from "@grpc/grpc-js";
import { ConfigError, errorMessage, type Logger } from "@heaphound/service-kit";

type CertificateProvider = Parameters<typeof experimental.createCertificateProviderServerCredentials>[0];
type IdentityListener = Parameters<CertificateProvider["addIdentityCertificateListener"]>[0];
type AuthorityListener = Parameters<CertificateProvider["addCaCertificateListener"]>[0];

export interface CertificatePaths {
  certFile: string;
  keyFile: string;
  /** Clients must show a certificate that one of these has signed. */
  clientCaFile?: string;
}

interface Contents {
  certificate: Buffer;
  privateKey: Buffer;
  caCertificate: Buffer | null;
}

/** Files are replaced (by the kubelet, by cert-manager) without a word, and reading three of them costs nothing. */
const REFRESH_MS = 5_000;

/**
 * The server's certificate, read again while it runs: connections made after a change get the new one, those that are open
 * stay. Files that do not fit together, as in the middle of a change, are left for the next look and said once.
 */
export class CertificateFiles implements CertificateProvider {
  private contents: Contents;
  private readonly identityListeners = new Set<IdentityListener>();
  private readonly authorityListeners = new Set<AuthorityListener>();
  private readonly timer: NodeJS.Timeout;
  private problem = "";

  /** Throws a ConfigError when they cannot be used. */
  constructor(
    private readonly paths: CertificatePaths,
    private readonly log: Logger,
    refreshMs = REFRESH_MS,
  ) {
    try {
      this.contents = readContents(paths);
    } catch (error) {
      throw new ConfigError(
        `the certificate cannot be used: ${errorMessage(error)}`,
        "HEAPHOUND_TLS_CERT_FILE and HEAPHOUND_TLS_KEY_FILE name PEM files that belong together.",
      );
    }
    this.timer = setInterval(() => this.refresh(), refreshMs);
    this.timer.unref();
  }

  /** When the certificate ends, in seconds since 1970. */
  get expiresUnixSeconds(): number {
    return Date.parse(new X509Certificate(this.contents.certificate).validTo) / 1000;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.identityListeners.add(listener);
    process.nextTick(listener, this.contents); // who adds it is not ready to listen before it has returned
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.identityListeners.delete(listener);
  }

  addCaCertificateListener(listener: AuthorityListener): void {
    this.authorityListeners.add(listener);
    process.nextTick(listener, this.authority);
  }

  removeCaCertificateListener(listener: AuthorityListener): void {
    this.authorityListeners.delete(listener);
  }

  private get authority(): { caCertificate: Buffer } | null {
    const { caCertificate } = this.contents;
    return caCertificate && { caCertificate };
  }

  private refresh(): void {
    try {
      const now = readContents(this.paths);
      this.problem = "";
      if (isSame(now, this.contents)) return;
      this.contents = now;
    } catch (error) {
      const problem = errorMessage(error);
      if (problem !== this.problem)
        this.log.warn({ error: problem }, "the new certificate cannot be used, keeping the old one");
      this.problem = problem;
      return;
    }
    for (const listener of this.identityListeners) listener(this.contents);
    for (const listener of this.authorityListeners) listener(this.authority);
    this.log.info({ expiresUnixSeconds: this.expiresUnixSeconds }, "the certificate was replaced");
  }
}

function readContents({ certFile, keyFile, clientCaFile }: CertificatePaths): Contents {
  const certificate = readFileSync(certFile);
  const privateKey = readFileSync(keyFile);
  const caCertificate = clientCaFile === undefined ? null : readFileSync(clientCaFile);
  if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey)))
    throw new Error(`the key in ${keyFile} is not that of the certificate in ${certFile}`);
  if (caCertificate) new X509Certificate(caCertificate);
  return { certificate, privateKey, caCertificate };
}

function isSame(a: Contents, b: Contents): boolean {
  return (
    a.certificate.equals(b.certificate) &&
    a.privateKey.equals(b.privateKey) &&
    (a.caCertificate ?? Buffer.alloc(0)).equals(b.caCertificate ?? Buffer.alloc(0))
  );
}

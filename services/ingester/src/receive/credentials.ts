import { experimental, ServerCredentials } from "@grpc/grpc-js";
import { ConfigError, type ListenAddress, type Logger } from "@heaphound/service-kit";
import { CertificateFiles, type CertificatePaths } from "./certificates.js";

export interface ListenSecurity {
  listen: ListenAddress;
  tls?: CertificatePaths;
  /** Take streams without TLS from other machines too. */
  plaintext: boolean;
}

const LOOPBACK = /^(127\.|::1$|localhost$)/;

/** TLS when there is a certificate; plain text on this machine only, unless told otherwise. */
export function serverCredentials({ listen, tls, plaintext }: ListenSecurity, log: Logger): ServerCredentials {
  if (tls) {
    const files = new CertificateFiles(tls, log);
    const clientAuthorities = tls.clientCaFile === undefined ? null : files;
    // The server's own certificate comes first, whatever the library's declaration calls the two parameters.
    return experimental.createCertificateProviderServerCredentials(
      files,
      clientAuthorities,
      clientAuthorities !== null,
    );
  }
  if (!plaintext && !LOOPBACK.test(listen.host)) {
    throw new ConfigError(
      `refusing to listen on ${listen.host} without TLS: profiles and tokens would travel in plain text`,
      "Set HEAPHOUND_TLS_CERT_FILE and HEAPHOUND_TLS_KEY_FILE, or HEAPHOUND_PLAINTEXT=1 if something in front does it.",
    );
  }
  return ServerCredentials.createInsecure();
}

// The same tests in plain text and, with HEAPHOUND_TEST_TLS=1, over TLS.
import http2 from "node:http2";
import net from "node:net";
import tls from "node:tls";
import { ServerCredentials } from "@grpc/grpc-js";
import { Authority } from "./certificates.mjs";

const isSecure = process.env.HEAPHOUND_TEST_TLS === "1";
const authority = isSecure ? new Authority() : undefined;
const { cert, key } = authority?.issue() ?? {};

/** What the driver needs to trust these servers. */
export const clientEnvironment = isSecure ? { HEAPHOUND_CA_FILE: authority.file } : {};

/** HEAPHOUND_SERVER for a port of this machine. */
export const targetOf = (port) => `${isSecure ? "https://" : ""}127.0.0.1:${port}`;

export function grpcCredentials(address) {
  if (!isSecure || address.startsWith("unix:")) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(null, [{ cert_chain: cert, private_key: key }]);
}

/** A server of bytes; `onSocket` gets what the client has connected, after the handshake if there is one. */
export function createByteServer(onSocket, options = {}) {
  return isSecure
    ? tls.createServer({ ...options, cert, key, ALPNProtocols: ["h2"] }, onSocket)
    : net.createServer(options, onSocket);
}

export function createHttp2Server() {
  return isSecure ? http2.createSecureServer({ cert, key }) : http2.createServer();
}

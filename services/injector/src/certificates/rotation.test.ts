import { createServer, connect } from "node:tls";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { bundleOf, rotate, type CertificateState, type RotationPolicy } from "./rotation.js";
import { readCertificate, type KeyPair } from "./issue.js";

const DAY = 86_400_000;
const start = new Date(Date.now() - DAY);
const after = (days: number): Date => new Date(start.getTime() + days * DAY);
const policy: RotationPolicy = {
  authorityDays: 90,
  serverDays: 30,
  overlapMs: 2 * DAY,
  servers: { "heaphound-injector-tls": ["heaphound-injector.heaphound.svc"], "heaphound-ingester-tls": ["localhost"] },
};
const empty: CertificateState = { authorities: {}, servers: {} };

/** A real handshake, with host name: what the API server and the preload do. */
async function handshake({ certificate, key }: KeyPair, ca: string, servername: string): Promise<string> {
  const server = createServer({ cert: certificate, key }, (socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise<string>((resolve) => {
      const client = connect({ port, host: "127.0.0.1", servername, ca }, () => resolve("trusted"));
      client.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      client.resume();
    });
  } finally {
    server.close();
  }
}

function pairOf(state: CertificateState, name: string): KeyPair {
  const pair = state.servers[name];
  if (!pair) throw new Error(`no ${name}`);
  return pair;
}

describe("certificates", () => {
  it("of a fresh install are trusted for their names only", async () => {
    const state = await rotate(empty, policy, start);
    const bundle = bundleOf(state.authorities, start);
    const ingester = pairOf(state, "heaphound-ingester-tls");
    expect(await handshake(ingester, bundle, "localhost")).toBe("trusted");
    expect(await handshake(ingester, bundle, "heaphound-injector.heaphound.svc")).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    const other = bundleOf((await rotate(empty, policy, start)).authorities, start);
    expect(await handshake(ingester, other, "localhost")).not.toBe("trusted");
  });

  it("stay the same object until something is due", async () => {
    const state = await rotate(empty, policy, start);
    expect(await rotate(state, policy, after(19))).toBe(state);
    const renewed = await rotate(state, policy, after(21));
    expect(renewed.authorities).toBe(state.authorities);
    expect(renewed.servers).not.toEqual(state.servers);
  });

  it("of a new authority come only after it has been announced", async () => {
    const first = await rotate(empty, policy, start);
    const announced = await rotate(first, policy, after(61));
    const old = first.authorities.current?.certificate ?? "";
    expect(announced.authorities.current?.certificate).toBe(old);
    expect(bundleOf(announced.authorities, after(61)).match(/BEGIN/g)).toHaveLength(2);
    const promoted = await rotate(announced, policy, after(63.5));
    expect(promoted.authorities.current).toEqual(announced.authorities.next);
    expect(promoted.authorities.previous).toBe(old);
    // who read the bundle when the new authority was only announced trusts the new certificate
    expect(await handshakeAt(promoted, bundleOf(announced.authorities, after(61)))).toBe(true);
    expect(bundleOf(promoted.authorities, after(91)).includes(old.trim())).toBe(false);
  });

  it.each<[string, (state: CertificateState) => CertificateState]>([
    [
      "a server certificate that is garbage",
      (state) => ({
        ...state,
        servers: { ...state.servers, "heaphound-ingester-tls": { certificate: "x", key: "y" } },
      }),
    ],
    [
      "a key that belongs to another certificate",
      (state) => ({
        ...state,
        servers: {
          ...state.servers,
          "heaphound-ingester-tls": {
            ...pairOf(state, "heaphound-ingester-tls"),
            key: pairOf(state, "heaphound-injector-tls").key,
          },
        },
      }),
    ],
    [
      "an authority that is garbage",
      (state) => ({ ...state, authorities: { current: { certificate: "x", key: "y" } } }),
    ],
    ["no server certificate", (state) => ({ ...state, servers: {} })],
  ])("are repaired: %s", async (_title, damage) => {
    const state = damage(await rotate(empty, policy, start));
    const repaired = await rotate(state, policy, start);
    const bundle = bundleOf(repaired.authorities, start);
    expect(await handshake(pairOf(repaired, "heaphound-ingester-tls"), bundle, "localhost")).toBe("trusted");
  });

  it("follow their DNS names", async () => {
    const state = await rotate(empty, policy, start);
    const moved = await rotate(
      state,
      { ...policy, servers: { "heaphound-ingester-tls": ["ingester.example"] } },
      start,
    );
    expect(readCertificate(pairOf(moved, "heaphound-ingester-tls").certificate).dnsNames).toEqual(["ingester.example"]);
  });
});

/** Certificates of the future cannot be used in a handshake today: their signatures are checked. */
async function handshakeAt(state: CertificateState, bundle: string): Promise<boolean> {
  const { X509Certificate } = await import("node:crypto");
  const leaf = new X509Certificate(pairOf(state, "heaphound-ingester-tls").certificate);
  const authorities = bundle.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? [];
  return authorities.some((pem) => leaf.verify(new X509Certificate(pem).publicKey));
}

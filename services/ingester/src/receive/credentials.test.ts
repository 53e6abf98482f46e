import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type ConnectionOptions } from "node:tls";
import { Server } from "@grpc/grpc-js";
import { createLogger } from "@heaphound/service-kit";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { selfSigned } from "../test-support/certificates.js";
import { CertificateFiles } from "./certificates.js";
import { serverCredentials, type ListenSecurity } from "./credentials.js";

const directory = mkdtempSync(join(tmpdir(), "heaphound-credentials-"));
afterAll(() => rmSync(directory, { recursive: true }));
const log = createLogger({ service: "test", level: "silent" });
const first = selfSigned(directory, "first");
const second = selfSigned(directory, "second");
const current = { certFile: join(directory, "tls.crt"), keyFile: join(directory, "tls.key") };

function put(files: typeof first): void {
  copyFileSync(files.certFile, current.certFile);
  copyFileSync(files.keyFile, current.keyFile);
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.forceShutdown();
});

async function listen(security: Partial<ListenSecurity>): Promise<number> {
  const server = new Server();
  servers.push(server);
  const credentials = serverCredentials({ listen: { host: "127.0.0.1", port: 0 }, plaintext: false, ...security }, log);
  return new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error ? reject(error) : resolve(port))),
  );
}

/** The subject of the certificate that the server shows. */
function subjectAt(port: number, options: ConnectionOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", ALPNProtocols: ["h2"], rejectUnauthorized: false, ...options });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("closed")));
    // With TLS 1.3 a refusal of our certificate comes after the handshake; HTTP/2's first frame is the server's consent.
    socket.once("data", () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once("secureConnect", () => socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"));
  });
}

describe("serverCredentials", () => {
  it("shows the certificate of the files, and the new one when they are replaced", async () => {
    vi.useFakeTimers({ toFake: ["setInterval"] });
    put(first);
    const port = await listen({ tls: current });
    expect(await subjectAt(port)).toBe("first");
    writeFileSync(current.certFile, "half a certif");
    vi.advanceTimersByTime(5_000);
    expect(await subjectAt(port)).toBe("first");
    copyFileSync(second.certFile, current.certFile); // the key is still the old one's
    vi.advanceTimersByTime(5_000);
    expect(await subjectAt(port)).toBe("first");
    put(second);
    vi.advanceTimersByTime(5_000);
    expect(await subjectAt(port)).toBe("second");
    vi.useRealTimers();
  });

  it("demands certificates of clients when told who signs them", async () => {
    put(first);
    const port = await listen({ tls: { ...current, clientCaFile: second.certFile } });
    await expect(subjectAt(port)).rejects.toThrow();
    await expect(subjectAt(port, pem(first))).rejects.toThrow();
    expect(await subjectAt(port, pem(second))).toBe("first");
  });

  it("says what is wrong with files that cannot be used", () => {
    expect(() => new CertificateFiles({ ...first, keyFile: second.keyFile }, log)).toThrow(
      /the key in .*second.key is not that/,
    );
    expect(() => new CertificateFiles({ ...first, certFile: join(directory, "none") }, log)).toThrow(/no such file/);
  });

  it("takes plain text from this machine only, unless told otherwise", () => {
    const plain = (host: string, plaintext = false): unknown =>
      serverCredentials({ listen: { host, port: 0 }, plaintext }, log);
    expect(() => plain("0.0.0.0")).toThrow(/refusing to listen on 0.0.0.0 without TLS/);
    expect(() => plain("::")).toThrow(/without TLS/);
    expect(() => plain("10.0.0.1")).toThrow(/without TLS/);
    expect(() => plain("127.0.0.1")).not.toThrow();
    expect(() => plain("::1")).not.toThrow();
    expect(() => plain("0.0.0.0", true)).not.toThrow();
  });
});

function pem({ certFile, keyFile }: typeof first): ConnectionOptions {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

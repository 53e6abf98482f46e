import { readFileSync } from "node:fs";
import { credentials, Metadata, type ChannelCredentials } from "@grpc/grpc-js";
import { CliError, errorText } from "../errors.js";

export interface IngestTarget {
  address: string;
  credentials: ChannelCredentials;
  metadata: Metadata;
}

const SECURE = "https://";
const LOCAL = /^(unix:|127\.|\[::1\]|localhost(:|$))/;

/**
 * Where a recording goes, and by what right: HOST:PORT or https://HOST:PORT, with the same variables as the library
 * (HEAPHOUND_CA_FILE, HEAPHOUND_CERT_FILE, HEAPHOUND_KEY_FILE, HEAPHOUND_TOKEN_FILE). A token goes nowhere in plain text.
 */
export function ingestTarget(server: string, environment: NodeJS.ProcessEnv = process.env): IngestTarget {
  const isSecure = server.startsWith(SECURE);
  const address = server.replace(/^https?:\/\//, "");
  const metadata = new Metadata();
  const token = read(environment, "HEAPHOUND_TOKEN_FILE")?.toString().trim();
  if (token !== undefined) {
    if (!isSecure && !LOCAL.test(address) && environment.HEAPHOUND_PLAINTEXT_TOKEN !== "1") {
      throw new CliError(`the token is not sent to ${address} in plain text`, {
        advice: "Write https:// before the server, or unset HEAPHOUND_TOKEN_FILE.",
      });
    }
    metadata.set("authorization", `Bearer ${token}`);
  }
  return { address, metadata, credentials: isSecure ? tls(environment) : credentials.createInsecure() };
}

function tls(environment: NodeJS.ProcessEnv): ChannelCredentials {
  const certificate = read(environment, "HEAPHOUND_CERT_FILE") ?? null;
  const key = read(environment, "HEAPHOUND_KEY_FILE") ?? certificate; // one file may hold both
  return credentials.createSsl(read(environment, "HEAPHOUND_CA_FILE") ?? null, key, certificate);
}

function read(environment: NodeJS.ProcessEnv, name: string): Buffer | undefined {
  const path = environment[name];
  if (path === undefined || path === "") return undefined;
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CliError(`${name}: ${errorText(cause)}`, { advice: "Name a file that can be read.", cause });
  }
}

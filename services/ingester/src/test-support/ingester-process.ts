import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A real ingester in a process of its own. */
export interface IngesterProcess {
  /** host:port of gRPC. */
  url: string;
  httpUrl: string;
  pid: number;
  /** Everything it has logged. */
  log: string[];
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Largest resident set so far, in bytes. */
  peakResidentBytes(): Promise<number>;
}

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export async function startIngester(
  clickHouseUrl: string,
  environment: Record<string, string> = {},
): Promise<IngesterProcess> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      HEAPHOUND_CLICKHOUSE_URL: clickHouseUrl,
      HEAPHOUND_LISTEN: "127.0.0.1:0",
      HEAPHOUND_HTTP_LISTEN: "127.0.0.1:0",
      ...environment,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const log: string[] = [];
  const { url, http } = await listening(child, log);
  const exited = once(child, "exit");
  return {
    url,
    httpUrl: http,
    pid: child.pid ?? 0,
    log,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      return child.exitCode;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
    peakResidentBytes: async () => {
      const { readFile } = await import("node:fs/promises");
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
    },
  };
}

function listening(child: ChildProcess, log: string[]): Promise<{ url: string; http: string }> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) =>
      reject(new Error(`the ingester ended with ${code} before it listened:\n${log.join("\n")}`)),
    );
    createInterface({ input: child.stdout! }).on("line", (line) => {
      log.push(line);
      const entry = parse(line);
      if (entry?.msg === "listening") resolve({ url: entry.url ?? "", http: entry.http ?? "" });
    });
  });
}

function parse(line: string): { msg?: string; url?: string; http?: string } | null {
  try {
    return JSON.parse(line) as { msg?: string; url?: string; http?: string };
  } catch {
    return null; // not one of ours
  }
}

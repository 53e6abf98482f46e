import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface EmbeddedClickHouse {
  url: string;
  dataDir: string;
  pid: number;
  /** SIGTERM, and the data directory goes away if `startEmbedded` made it. */
  stop(): Promise<void>;
  /** SIGKILL; the data directory stays, so that it can be started again on it. */
  kill(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Kept after `stop`. Without it a temporary one is made and removed. */
  dataDir?: string;
  /** More `HEAPHOUND_*` variables for the service. */
  environment?: Record<string, string>;
}

const MAIN = fileURLToPath(new URL("../../../../services/clickhouse/dist/main.js", import.meta.url));

/** Starts the real embedded ClickHouse service as a process of its own on a free port, and waits until it listens. */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedClickHouse> {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run \`npx tsc -b services/clickhouse\` first`);
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "heaphound-clickhouse-")));
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      HEAPHOUND_DATA_DIR: dataDir,
      HEAPHOUND_LISTEN: "127.0.0.1:0",
      // Its standard input closes when this process ends, however it ends.
      HEAPHOUND_EXIT_WITH_STDIN: "1",
      ...options.environment,
    },
    stdio: "pipe",
  });
  const url = await listeningUrl(child);
  const ended = once(child, "exit");
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return {
    url,
    dataDir,
    pid: child.pid ?? 0,
    stop: async () => {
      await end("SIGTERM");
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
    kill: () => end("SIGKILL"),
  };
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  const output: string[] = [];
  // Kept for the message about a failed start only.
  const keep = (text: string): void => {
    if (output.length < 100) output.push(text);
  };
  child.stderr?.setEncoding("utf8").on("data", keep);
  if (!child.stdout) throw new Error("the child has no standard output");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`embedded ClickHouse ended (${code ?? signal}) before it listened:\n${output.join("\n")}`)),
    );
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      keep(line);
      const url = /"url":"([^"]+)".*"msg":"listening"|"msg":"listening".*"url":"([^"]+)"/.exec(line);
      if (url) resolve(url[1] ?? url[2] ?? "");
    });
  });
}

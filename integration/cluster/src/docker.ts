// A Docker engine: the one of the machine if it answers, else Debian's, started for as long as it is needed, without any
// network of its own, in a mount namespace of its own.
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, run } from "./command.ts";
import { withLock } from "./lock.ts";
import { cacheDir } from "./paths.ts";
import { childOf } from "./sandbox.ts";
import { until } from "./until.ts";

export interface Docker {
  /** As in DOCKER_HOST. */
  host: string;
  /** The words of the client's command. */
  command: (words: readonly string[]) => string[];
  docker: (words: readonly string[]) => Promise<string>;
}

/** A newer client without its build plug-in may come first on the PATH; Debian's has the builder in it. */
const client = existsSync("/usr/bin/docker") ? "/usr/bin/docker" : "docker";

function at(host: string): Docker {
  const command = (words: readonly string[]): string[] => [client, "--host", host, ...words];
  const env = { ...process.env, DOCKER_BUILDKIT: "1" };
  return { host, command, docker: (words) => run(command(words), { env }) };
}

const machineHost = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";

async function answers(host: string): Promise<boolean> {
  return (await attempt([client, "--host", host, "version"], { timeoutMs: 10_000 })).code === 0;
}

/** Why there is no engine to be had; undefined if there is. */
export async function whyNoDocker(): Promise<string | undefined> {
  if ((await attempt([client, "--version"])).code !== 0) return "needs Docker's client: apt-get install docker.io";
  if (await answers(machineHost)) return undefined;
  if ((await attempt(["sh", "-c", "command -v dockerd"])).code !== 0)
    return "needs a Docker engine: apt-get install docker.io";
  return process.getuid?.() === 0 ? undefined : "no Docker engine answers, and only root can start one";
}

export async function withDocker<T>(action: (docker: Docker) => Promise<T>): Promise<T> {
  if (await answers(machineHost)) return action(at(machineHost));
  return withLock(join(cacheDir, "docker.lock"), () => withOwnEngine(action));
}

async function withOwnEngine<T>(action: (docker: Docker) => Promise<T>): Promise<T> {
  const data = join(cacheDir, "docker");
  mkdirSync(data, { recursive: true });
  // Short, because the names of sockets are.
  const folder = mkdtempSync(join(tmpdir(), "hh-docker-"));
  const host = `unix://${folder}/docker.sock`;
  const log = openSync(join(cacheDir, "docker.log"), "w");
  const places = [
    "--host",
    host,
    "--data-root",
    data,
    "--exec-root",
    join(folder, "exec"),
    "--pidfile",
    join(folder, "pid"),
  ];
  const words = ["dockerd", ...places, "--bridge=none", "--iptables=false", "--ip-masq=false"];
  const engine = spawn(
    "unshare",
    ["--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "--propagation=private", ...words],
    {
      stdio: ["ignore", log, log],
    },
  );
  closeSync(log);
  const ended = new Promise((resolve) => engine.once("exit", resolve));
  const hopeless = (): string | undefined =>
    engine.exitCode === null ? undefined : `ended, see ${cacheDir}/docker.log`;
  try {
    await until("the Docker engine", () => answers(host), { hopeless, timeoutMs: 60_000 });
    return await action(at(host));
  } finally {
    // Asked, not killed: what it knows of its layers is written at its end.
    process.kill(childOf(engine.pid!), "SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

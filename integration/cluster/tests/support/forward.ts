import { spawn, type ChildProcess } from "node:child_process";
import type { Cluster } from "../../src/cluster.ts";

export interface Forward {
  url: string;
  close: () => void;
}

/** A service's port on this machine, by `kubectl port-forward`: works whether or not pods can be reached directly. */
export async function forward(cluster: Cluster, service: string, port: number): Promise<Forward> {
  const words = ["--namespace", "heaphound", "port-forward", `service/${service}`, `:${port}`];
  const child = spawn(cluster.kubectlPath, words, { env: cluster.environment(), stdio: ["ignore", "pipe", "pipe"] });
  const local = await localPort(child);
  return { url: `http://127.0.0.1:${local}`, close: () => child.kill() };
}

function localPort(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const take = (chunk: Buffer): void => {
      said += chunk.toString();
      const port = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(port);
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.once("exit", (code) => reject(new Error(`kubectl port-forward ended with ${code ?? "a signal"}: ${said}`)));
  });
}

// The program that the demo profiles: a redis-server of its own, and rounds of work for it.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** Starts redis-server on the port with the given environment; resolves when it accepts connections. */
export async function startRedis(port, environment) {
  const words = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--loglevel",
    "warning",
  ];
  const child = spawn("redis-server", words, { env: environment, stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(child, "exit");
  let failure = null;
  child.on("error", (error) => (failure = error));
  for (;;) {
    if (failure !== null) throw new Error(`redis-server cannot be started: ${failure.message}`);
    if (child.exitCode !== null) throw new Error(`redis-server ended with code ${child.exitCode}`);
    const socket = connect(port, "127.0.0.1");
    const connected = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) break;
    await pause(50);
  }
  return {
    pid: child.pid,
    child,
    stop: async () => {
      if (child.exitCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}

/** One round: keys of several kinds come and some go, so that memory rises, falls and leaves a residue. */
export async function work(port, round, signal) {
  const commands = ["set", "lpush", "hset", "sadd", "zadd", "lrange_100"];
  const size = String(32 + (round % 5) * 200);
  const words = [
    "-p",
    String(port),
    "-n",
    "1500",
    "-r",
    "20000",
    "-d",
    size,
    "-q",
    "-t",
    commands[round % commands.length],
  ];
  await finished(spawn("redis-benchmark", words, { stdio: "ignore", signal }));
  if (round % 12 === 11) spawnSync("redis-cli", ["-p", String(port), "flushdb"], { stdio: "ignore" });
}

async function finished(child) {
  await once(child, "exit").catch((error) => {
    if (error.name !== "AbortError") throw error;
  });
}

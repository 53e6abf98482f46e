// One set-up at a time: two commands that start together must not both run npm ci.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";
import { stateDir } from "./root.mjs";
import { say } from "./step.mjs";

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  const holder = Number(readFileSync(file, "utf8"));
  if (holder > 0 && !isAlive(holder)) rmSync(file, { force: true });
  return false;
}

export async function withLock(name, action) {
  mkdirSync(stateDir, { recursive: true });
  const file = join(stateDir, `${name}.lock`);
  let told = false;
  while (!tryLock(file)) {
    if (!told) say("another set-up of this checkout is at work; waiting for it");
    told = true;
    await pause(100);
  }
  process.on("exit", () => rmSync(file, { force: true }));
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { identify } from "./pids.js";
import { killLeftovers, readState, releaseLock, runningState, takeLock, writeState, type StackState } from "./state.js";

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "heaphound-state-"));
});

afterEach(() => rmSync(dataDir, { recursive: true }));

function stateOf(supervisor: StackState["supervisor"], service: StackState["supervisor"] | null): StackState {
  return {
    supervisor,
    startedUnixMs: 1,
    urls: { grpc: "a:1", ingester: "http://a", api: "http://b", gui: "http://c", clickhouse: "http://d" },
    services: [{ name: "api", state: "ready", restarts: 0, process: service }],
  };
}

function self(): StackState["supervisor"] {
  const identity = identify(process.pid);
  if (identity === null) throw new Error("this process has no /proc entry");
  return identity;
}

describe("the state of a stack", () => {
  it("counts as running only while its supervisor lives", () => {
    writeState(dataDir, stateOf(self(), null));
    expect(runningState(dataDir)?.urls.api).toBe("http://b");
    // The same number, started at another time: somebody else's process.
    writeState(dataDir, stateOf({ ...self(), startTicks: "1" }, null));
    expect(runningState(dataDir)).toBeNull();
    expect(readState(dataDir)).not.toBeNull();
  });

  it("is nothing when the file is damaged", () => {
    writeFileSync(join(dataDir, "stack.json"), "{");
    expect(readState(dataDir)).toBeNull();
  });

  it("lets one supervisor in, and the next once that one has left or died", () => {
    takeLock(dataDir);
    expect(() => takeLock(dataDir)).toThrow(/a stack already runs/);
    releaseLock(dataDir);
    takeLock(dataDir);
    writeFileSync(join(dataDir, "stack.lock"), JSON.stringify({ ...self(), startTicks: "1" }));
    expect(() => takeLock(dataDir)).not.toThrow();
  });

  it("ends what a killed supervisor left behind, and nobody else", async () => {
    const child = spawn("sleep", ["600"]);
    await once(child, "spawn");
    const identity = identify(child.pid ?? 0);
    if (identity === null) throw new Error("the child has no /proc entry");
    writeState(dataDir, stateOf(self(), { ...identity, startTicks: "1" }));
    expect(killLeftovers(dataDir)).toBe(0);
    writeState(dataDir, stateOf(self(), identity));
    const ended = once(child, "exit");
    expect(killLeftovers(dataDir)).toBe(1);
    expect((await ended)[1]).toBe("SIGKILL");
  });
});

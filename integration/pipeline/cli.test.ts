// The command line as a user meets it: one command starts everything, records, and the others read it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installation } from "@heaphound/cli";
import type { Groups, ProcessList } from "@heaphound/query";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replayHeaptrackFile } from "../support/heaptrack-file.js";
import { buildPrograms, program } from "../support/programs.js";

const binary = join(installation, "services/cli/bin/heaphound.mjs");
let folder: string;

interface Run {
  status: number | null;
  stdout: string;
  stderr: string;
}

function heaphound(...words: string[]): Run {
  const environment = { PATH: process.env.PATH, HOME: folder, HEAPHOUND_DATA_DIR: join(folder, "data") };
  return spawnSync(process.execPath, [binary, ...words], {
    encoding: "utf8",
    env: environment,
    cwd: folder,
    input: "",
  });
}

beforeAll(() => {
  buildPrograms();
  folder = mkdtempSync(join(tmpdir(), "heaphound-cli-test-"));
});
afterAll(() => {
  heaphound("down");
  rmSync(folder, { recursive: true, force: true });
});

describe("heaphound", () => {
  let key = "";

  it("finds everything that it needs", () => {
    const { status, stdout } = heaphound("check", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
    expect(status).toBe(0);
  });

  it("run starts the stack, passes the program's streams and exit code through, and names the recording", () => {
    const { status, stdout, stderr } = heaphound("run", "--json", "result.json", "--", program("exceptions"), "500");
    expect(status, stderr).toBe(3);
    expect(stdout).toMatch(/^\d+\n$/);
    const result = JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as {
      process: string;
      exitCode: number;
    };
    expect(result.exitCode).toBe(3);
    expect(result.process).toMatch(/^[0-9a-f]{16}$/);
    expect(stderr).toContain(`process ${result.process}`);
    expect(stderr).toContain("nothing lost");
    key = result.process;
  });

  it("run ends as a shell would when the program is killed", () => {
    expect(heaphound("run", "--", "/bin/sh", "-c", "kill -TERM $$").status).toBe(128 + 15);
    expect(heaphound("run", "--", "/no/such/program").status).toBe(127);
  });

  it("status shows four ready services", () => {
    const { status, stdout } = heaphound("status", "--json");
    expect(status).toBe(0);
    const { services } = JSON.parse(stdout) as { services: { name: string; state: string }[] };
    expect(services.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "clickhouse ready",
      "ingester ready",
      "api ready",
      "gui ready",
    ]);
  });

  it("ls lists the recording, as a table and as JSON", () => {
    const list = JSON.parse(heaphound("ls", "--json").stdout) as ProcessList;
    const found = list.processes.find((each) => each.process === key);
    expect(found).toMatchObject({ name: "exceptions", running: false, lossCount: 0, endReason: "exit" });
    const lines = heaphound("ls").stdout.split("\n");
    expect(lines[0]).toMatch(/^PROCESS\s+NAME\s+PID/);
    expect(lines.some((line) => line.startsWith(key))).toBe(true);
  });

  it("top names the functions that allocate", () => {
    const groups = JSON.parse(heaphound("top", key.slice(0, 10), "--measure", "allocated", "--json").stdout) as Groups;
    expect(groups.groups.length).toBeGreaterThan(3);
    const { stdout } = heaphound("top", "latest", "--measure", "allocated", "--limit", "50", "--frames", "30");
    expect(stdout).toContain("(anonymous namespace)::guarded");
  });

  it("view prints any view as JSON", () => {
    const timeline = JSON.parse(heaphound("view", "timeline", `process=${key}`, "points=20").stdout) as {
      timeNs: number[];
    };
    expect(timeline.timeNs.length).toBeGreaterThan(0);
    expect(heaphound("view", "nothing").status).toBe(2);
    expect(heaphound("top", "0123456789abcdef").status).toBe(4);
  });

  it("export writes a file that Heaptrack's format describes", () => {
    expect(heaphound("export", "heaptrack", key, "-o", "out.zst").status).toBe(0);
    expect(replayHeaptrackFile(join(folder, "out.zst")).allocations).toBeGreaterThan(10_000);
    expect(heaphound("export", "folded", key, "-o", "-").stdout).toMatch(/main.* \d+\n/);
    expect(heaphound("export", "picture", key).status).toBe(2);
    expect(existsSync(join(folder, "out.zst.part"))).toBe(false);
  });

  it("down stops everything; the data stays", () => {
    expect(heaphound("down").status).toBe(0);
    expect(heaphound("status").status).toBe(3);
    expect(existsSync(join(folder, "data/clickhouse"))).toBe(true);
  });
});

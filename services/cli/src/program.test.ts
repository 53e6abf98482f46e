import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const binary = fileURLToPath(new URL("../bin/heaphound.mjs", import.meta.url));
let dataDir: string;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "heaphound-cli-"));
});
afterAll(() => rmSync(dataDir, { recursive: true }));

function heaphound(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const environment = { PATH: process.env.PATH, HOME: dataDir, HEAPHOUND_DATA_DIR: dataDir };
  return spawnSync(process.execPath, [binary, ...words], { encoding: "utf8", env: environment });
}

describe("heaphound", () => {
  it("names every command of the interface in its help", () => {
    const { status, stdout } = heaphound("--help");
    expect(status).toBe(0);
    for (const command of ["up", "down", "status", "run", "ls", "top", "view", "export", "import", "check"]) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, "m"));
    }
  });

  it("ends with 2 for wrong usage and says what is wrong", () => {
    const { status, stderr } = heaphound("lss");
    expect(status).toBe(2);
    expect(stderr).toMatch(/unknown command 'lss'/);
  });

  it("ends with 3 and advice when no stack runs", () => {
    const { status, stdout, stderr } = heaphound("ls");
    expect(status).toBe(3);
    expect(stdout).toBe("");
    expect(stderr).toContain("heaphound up --detach");
    expect(heaphound("status", "--json").stdout).toContain(`"running": false`);
  });

  it("ends with 3 when the API is away", () => {
    const { status, stderr } = heaphound("--api", "http://127.0.0.1:1", "top", "latest");
    expect(status).toBe(3);
    expect(stderr).toContain("http://127.0.0.1:1 does not answer");
  });

  it("passes the API's error on, with its advice, and ends with 4 when there is no such process", async () => {
    const error = { code: "no_process", message: "no process abc", advice: "List them.", requestId: "r1" };
    const server = createServer((_, response) => response.writeHead(404).end(JSON.stringify({ error })));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { createProgram } = await import("./program.js");
    const words = ["node", "heaphound", "--api", `http://127.0.0.1:${port}`, "top", "abc"];
    await expect(createProgram().parseAsync(words)).rejects.toMatchObject({
      message: "no process abc",
      advice: "List them. (request r1)",
      exitCode: 4,
    });
    server.close();
  });

  it("refuses parameters that are none", () => {
    const { status, stderr } = heaphound("view", "tree", "measure");
    expect(status).toBe(2);
    expect(stderr).toContain("PARAM=VALUE");
  });
});

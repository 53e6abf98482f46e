import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ingestTarget } from "./target.js";

const directory = mkdtempSync(join(tmpdir(), "heaphound-target-"));
afterAll(() => rmSync(directory, { recursive: true }));
const token = join(directory, "token");
writeFileSync(token, "secret\n");

describe("ingestTarget", () => {
  it("uses TLS when the address says so", () => {
    expect(ingestTarget("a:1", {}).credentials._isSecure()).toBe(false);
    const secure = ingestTarget("https://a:1", {});
    expect(secure.credentials._isSecure()).toBe(true);
    expect(secure.address).toBe("a:1");
  });

  it("shows the token where nobody can read it on its way, and nowhere else", () => {
    const environment = { HEAPHOUND_TOKEN_FILE: token };
    for (const server of ["https://a:1", "127.0.0.1:1", "localhost:7411", "[::1]:1", "unix:/run/x"])
      expect(ingestTarget(server, environment).metadata.get("authorization")).toEqual(["Bearer secret"]);
    expect(() => ingestTarget("a:1", environment)).toThrow(/not sent to a:1 in plain text/);
    expect(() => ingestTarget("localhost.example:1", environment)).toThrow(/plain text/);
  });

  it("names the variable whose file cannot be read", () => {
    expect(() => ingestTarget("https://a:1", { HEAPHOUND_CA_FILE: join(directory, "none") })).toThrow(
      /HEAPHOUND_CA_FILE/,
    );
  });
});

import { expect, it } from "vitest";
import { isExpectedHost } from "./local-hosts.mjs";

it("answers only to names of this machine where only this machine can connect", () => {
  for (const host of ["127.0.0.1:7413", "localhost:7413", "demo.localhost", "[::1]:7413", "127.0.0.2"])
    expect(isExpectedHost("127.0.0.1", host), host).toBe(true);
  for (const host of ["evil.example:7413", "127.0.0.1.evil.example", "localhost.evil.example", "", undefined])
    expect(isExpectedHost("127.0.0.1", host), host).toBe(false);
  expect(isExpectedHost("0.0.0.0", "heaphound.example")).toBe(true);
});

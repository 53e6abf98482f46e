import { expect, it } from "vitest";
import { ownPath } from "./own-path";

it.each([
  [null, "/"],
  ["/p/abc?tab=maps", "/p/abc?tab=maps"],
  ["//evil.example/", "/"],
  ["/\\evil.example", "/"],
  ["https://evil.example/", "/"],
  ["javascript:alert(1)", "/"],
  ["/signin?next=/signin", "/"],
])("%j leads to %s", (text, expected) => {
  expect(ownPath(text)).toBe(expected);
});

import { expect, it } from "vitest";
import { runtimeNs } from "./runtime";

const startedUnixNs = "1700000000000000000";
const nowMs = 1_700_000_060_000;

it("an idle process is as old as the clock says, one that has ended as its recording", () => {
  expect(runtimeNs({ running: true, startedUnixNs, durationNs: 7e8 }, nowMs)).toBe(60e9);
  expect(runtimeNs({ running: false, startedUnixNs, durationNs: 7e8 }, nowMs)).toBe(7e8);
});

it("a reader's clock that is behind makes nobody younger", () => {
  expect(runtimeNs({ running: true, startedUnixNs, durationNs: 90e9 }, nowMs)).toBe(90e9);
});

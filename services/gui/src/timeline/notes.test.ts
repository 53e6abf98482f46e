import { expect, it } from "vitest";
import { notesOf } from "./notes";

it("names changes of the mode and markers in order of time", () => {
  const modeChanges = [{ timeNs: 5, from: "exact", to: "cull", why: "budget", sampleBytes: 524_288 }];
  const markers = [
    { timeNs: 9, number: 7, label: "" },
    { timeNs: 1, number: 1, label: "warm-up done" },
  ];
  expect(notesOf({ modeChanges, markers })).toEqual([
    { ns: 1, text: "warm-up done" },
    { ns: 5, text: "cull (budget)" },
    { ns: 9, text: "marker 7" },
  ]);
  expect(notesOf({})).toEqual([]);
});

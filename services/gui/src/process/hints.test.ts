import { describe, expect, it } from "vitest";
import { hintsAt } from "./hints";

const fields = [
  { name: "size", type: "size", operators: [">=", "<"], description: "requested bytes", example: "size >= 1MiB" },
  { name: "source", type: "frame", operators: ["~"], description: "source file", example: 'source ~ "a"' },
  { name: "leaked", type: "flag", operators: [], description: "never freed", example: "leaked" },
];
const offered = (text: string): string[] => hintsAt(text, text.length, fields).hints.map((hint) => hint.insert);

describe("hints of the filter box", () => {
  it.each([
    ["", ["size", "source", "leaked", "not"]],
    ["s", ["size", "source"]],
    ["size ", [">=", "<"]],
    ["size >= 1MiB ", ["and", "or"]],
    ["size >= 1MiB and le", ["leaked"]],
    ["leaked ", ["and", "or"]],
    ["(leaked or ", ["size", "source", "leaked", "not"]],
    ['source ~ "s', []],
    ['source ~ "a\\" s', []],
    ['source ~ "a" ', ["and", "or"]],
    ["size >= ", []],
  ])("after %j are %j", (text, hints) => {
    expect(offered(text)).toEqual(hints);
  });

  it("replace the word under the cursor", () => {
    expect(hintsAt("leaked and si", 13, fields).from).toBe(11);
  });
});

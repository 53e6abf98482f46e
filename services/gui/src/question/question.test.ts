import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Question } from "./question";
import { DEFAULT_QUESTION, MEASURES, parseQuestion, printQuestion, TABS, WEIGHTS } from "./question";

const ns = fc.integer({ min: 0, max: 9e15 });
const questions: fc.Arbitrary<Question> = fc.record({
  window: fc.option(
    fc.tuple(ns, fc.integer({ min: 1, max: 1e12 })).map(([fromNs, width]) => ({ fromNs, toNs: fromNs + width })),
  ),
  atNs: fc.option(ns),
  measure: fc.constantFrom(...MEASURES),
  weight: fc.constantFrom(...WEIGHTS),
  filter: fc.string(),
  invert: fc.boolean(),
  focus: fc.option(
    fc.record({ name: fc.string({ unit: "grapheme" }), path: fc.integer({ min: 0, max: 0xffff_ffff }) }),
  ),
  find: fc.string(),
  tab: fc.constantFrom(...TABS),
  sort: fc.option(fc.record({ key: fc.stringMatching(/^[a-zA-Z]{1,40}$/), descending: fc.boolean() })),
});

describe("the question in the address", () => {
  it("comes back from a copied link as it was", () => {
    fc.assert(
      fc.property(questions, (question) => {
        expect(parseQuestion(new URLSearchParams(printQuestion(question)))).toEqual(question);
      }),
    );
  });

  it("writes nothing for the default view", () => {
    expect(printQuestion(DEFAULT_QUESTION)).toBe("");
  });

  it("keeps names with the characters of C++ and of addresses", () => {
    const focus = { name: "std::map<int, a@b&c=d>::operator[](int&&) const #1", path: 0xdeadbeef };
    expect(parseQuestion(new URLSearchParams(printQuestion({ ...DEFAULT_QUESTION, focus }))).focus).toEqual(focus);
  });

  it.each([
    "from=5&to=5",
    "from=9&to=1",
    "from=5",
    "at=-1",
    "at=1e9",
    "measure=everything",
    "weight=kilos",
    "tab=none",
    "focus=main",
    "sort=a;b",
  ])("takes the default for what makes no sense: %s", (text) => {
    expect(parseQuestion(new URLSearchParams(text))).toEqual(DEFAULT_QUESTION);
  });
});

import { expect, it } from "vitest";
import { describeScope, parseScope, printScope } from "./scope";

it.each([
  ["", { namespace: null, workload: null, code: null }, ""],
  [
    "?namespace=shop&workload=Deployment%2Fweb",
    { namespace: "shop", workload: "Deployment/web", code: null },
    "Deployment/web in shop",
  ],
  ["?code=oom_killed", { namespace: null, workload: null, code: "oom_killed" }, "oom_killed"],
])("%s is read, written and said", (text, scope, said) => {
  expect(parseScope(new URLSearchParams(text))).toEqual(scope);
  expect(printScope(scope)).toBe(text);
  expect(describeScope(scope)).toBe(said);
});

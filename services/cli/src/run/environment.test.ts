import { describe, expect, it } from "vitest";
import { recordingEnvironment } from "./environment.js";

describe("recordingEnvironment", () => {
  it("appends the library to what is preloaded already and keeps the rest", () => {
    const environment = recordingEnvironment({ LD_PRELOAD: "libjemalloc.so.2", HOME: "/h" }, "/l.so", {
      server: "a:1",
      spool: "/d/spool",
    });
    expect(environment).toEqual({
      LD_PRELOAD: "libjemalloc.so.2:/l.so",
      HOME: "/h",
      HEAPHOUND_SERVER: "a:1",
      HEAPHOUND_SPOOL_DIR: "/d/spool",
      HEAPHOUND_FOLLOW: "none",
      HEAPHOUND_MIN_EVENTS: "1",
    });
  });

  it("records to a file instead of a server, never to both", () => {
    const base = { HEAPHOUND_SERVER: "old:1", HEAPHOUND_DISABLED: "1" };
    const environment = recordingEnvironment(base, "/l.so", { output: "/tmp/x-%p", freeStacks: true, follow: true });
    expect(environment).toEqual({
      LD_PRELOAD: "/l.so",
      HEAPHOUND_OUTPUT: "/tmp/x-%p",
      HEAPHOUND_FREE_STACKS: "1",
      HEAPHOUND_FOLLOW: "children",
      HEAPHOUND_MIN_EVENTS: "1",
    });
    expect(base).toHaveProperty("HEAPHOUND_DISABLED");
  });
});

import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ApiFailure } from "../api/client";
import type { ProcessSummary } from "../api/shapes";
import { StackLine } from "../tables/frames";
import { Exact } from "./exact";
import { LossMark, LossTable } from "./losses";
import { Command, Failure, Notice, SkeletonRows } from "./states";

/** What a reader sees of a component. */
const text = (element: ReactElement): string =>
  renderToStaticMarkup(element)
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

describe("the states of a view", () => {
  it("an error says what happened, what to do and its request", () => {
    const failure = new ApiFailure("The question takes too long.", "Narrow the time range.", "req-17", 422);
    expect(text(<Failure error={failure} retry={() => {}} />)).toBe(
      "The question takes too long. Narrow the time range. Request req-17 Try again",
    );
  });

  it("a mistake of the page itself has advice too", () => {
    expect(text(<Failure error={new Error("x is undefined")} />)).toMatch(
      /^x is undefined This is a mistake in the page/,
    );
  });

  it("nothing to show comes with the command that fills it", () => {
    const empty = (
      <Notice title="No process has been recorded yet" next="Run any program.">
        <Command text="npm run -s heaphound -- run -- PROGRAM" />
      </Notice>
    );
    expect(text(empty)).toContain("npm run -s heaphound -- run -- PROGRAM");
  });

  it("waiting has the shape of what comes", () => {
    expect(renderToStaticMarkup(<SkeletonRows rows={3} />).match(/flex:none/g)).toHaveLength(3);
  });

  it("losses show as a mark, and none as nothing", () => {
    const summary = { lossCount: 312 } as ProcessSummary;
    expect(text(<LossMark process={summary} losses={[]} />)).toBe("▲ 312 records missing");
    expect(text(<LossMark process={{ ...summary, lossCount: 0 }} losses={[]} />)).toBe("");
    const loss = { kind: "ring_full" as const, count: 1200, bytes: 2048, advice: "Raise the ring." };
    expect(text(<LossTable losses={[loss]} />)).toContain("ring full 1 200 2.00 KiB Raise the ring.");
  });
});

describe("numbers", () => {
  it("are short to read and exact on hover", () => {
    const html = renderToStaticMarkup(<Exact value={123_456_789} unit="bytes" />);
    expect(html).toContain('value="123456789"');
    expect(html).toContain("123\u202f456\u202f789 bytes");
    expect(text(<Exact value={123_456_789} unit="bytes" />)).toBe("118 MiB");
    expect(text(<Exact value={null} unit="ns" />)).toBe("–");
  });
});

describe("a stack in one line", () => {
  const frame = {
    function: "dbAdd",
    module: "/usr/bin/redis-server",
    file: "",
    line: 0,
    offset: "0x1",
    inlined: false,
  };

  it("shows who allocated, where, and the caller", () => {
    const own = { ...frame, file: "/src/db.c", line: 188 };
    expect(text(<StackLine frames={[own, { ...frame, function: "setCommand" }]} />)).toBe(
      "dbAdd db.c:188 ← setCommand",
    );
  });

  it("names the module where the source is not known", () => {
    expect(text(<StackLine frames={[frame]} />)).toBe("dbAdd redis-server");
    expect(text(<StackLine frames={undefined} />)).toBe("no stack was recorded");
  });
});

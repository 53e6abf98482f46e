import { describe, expect, it } from "vitest";
import { AppError } from "./errors.js";
import { Health } from "./health.js";
import { createLogger, silentLogger } from "./logger.js";
import { Metrics } from "./metrics.js";
import { Shutdown } from "./shutdown.js";

describe("logger", () => {
  it("writes one JSON object per line, fields first, sentence last", () => {
    const lines: string[] = [];
    const log = createLogger({ service: "test", destination: { write: (line: string) => void lines.push(line) } });
    log.warn({ port: 7412, error: new AppError("no", { code: "x", advice: "y" }) }, "not so good");
    log.debug("not written at level info");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/"msg":"not so good"}\n$/);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "warn",
      service: "test",
      port: 7412,
      error: { message: "no", code: "x", advice: "y" },
    });
  });
});

describe("metrics", () => {
  it("prefixes names and refuses ones that break the rules", async () => {
    const metrics = new Metrics({ service: "test" });
    metrics.counter("losses_total", "Events lost.", ["kind"]).inc({ kind: "ring_full" }, 3);
    expect((await metrics.expose()).body).toContain('heaphound_losses_total{kind="ring_full",service="test"} 3');
    expect(() => metrics.counter("losses", "No suffix.")).toThrow(/_total/);
    expect(() => metrics.gauge("Bad-Name", "")).toThrow(/lower case/);
  });
});

describe("health", () => {
  it("reports each failing check with its reason, and one that does not answer", async () => {
    const health = new Health(20);
    health.addReadiness("good", () => undefined);
    health.addReadiness("bad", () => Promise.reject(new Error("database is away")));
    health.addReadiness("hung", () => new Promise<void>(() => undefined));
    expect(await health.ready()).toEqual({
      ok: false,
      checks: {
        good: { ok: true },
        bad: { ok: false, reason: "database is away" },
        hung: { ok: false, reason: "no answer within 20 ms" },
      },
    });
    expect(await health.live()).toEqual({ ok: true, checks: {} });
  });

  it("is alive but not ready while shutting down", async () => {
    const health = new Health();
    expect((await health.ready()).ok).toBe(true);
    health.beginShutdown();
    expect((await health.ready()).ok).toBe(false);
    expect((await health.live()).ok).toBe(true);
  });
});

describe("shutdown", () => {
  it("closes newest first, once, and exits with 0", async () => {
    const order: string[] = [];
    const codes: number[] = [];
    const shutdown = new Shutdown({ log: silentLogger(), exit: (code) => codes.push(code) });
    shutdown.add("first", () => void order.push("first"));
    shutdown.add("second", () => void order.push("second"));
    await Promise.all([shutdown.run("test"), shutdown.run("again")]);
    expect(order).toEqual(["second", "first"]);
    expect(codes).toEqual([0]);
  });

  it("goes on after a step that fails, and exits with 1", async () => {
    const order: string[] = [];
    const codes: number[] = [];
    const shutdown = new Shutdown({ log: silentLogger(), exit: (code) => codes.push(code) });
    shutdown.add("last", () => void order.push("last"));
    shutdown.add("broken", () => Promise.reject(new Error("broken")));
    await shutdown.run("test");
    expect(order).toEqual(["last"]);
    expect(codes).toEqual([1]);
  });

  it("gives up at the deadline", async () => {
    const codes: number[] = [];
    const shutdown = new Shutdown({ log: silentLogger(), deadlineMs: 10, exit: (code) => codes.push(code) });
    shutdown.add("hung", () => new Promise<void>(() => undefined));
    await shutdown.run("test");
    expect(codes).toEqual([1]);
  });
});

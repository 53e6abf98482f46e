import { describe, expect, it } from "vitest";
import { byteSize, flag, listenAddress, loadConfig, wholeNumber, z } from "./config.js";
import { ConfigError } from "./errors.js";

const schema = z.object({
  HEAPHOUND_LISTEN: listenAddress.prefault("127.0.0.1:7412"),
  HEAPHOUND_WORKERS: wholeNumber(1, 64).default(2),
  HEAPHOUND_CACHE_BYTES: byteSize.prefault("64MiB"),
  HEAPHOUND_VERBOSE: flag.default(false),
  HEAPHOUND_URL: z.url(),
});

describe("loadConfig", () => {
  it("fills in defaults, converts, and takes an empty variable for an unset one", () => {
    expect(
      loadConfig(schema, { HEAPHOUND_URL: "http://a", HEAPHOUND_WORKERS: "", HEAPHOUND_VERBOSE: "yes", OTHER: "x" }),
    ).toEqual({
      HEAPHOUND_LISTEN: { host: "127.0.0.1", port: 7412 },
      HEAPHOUND_WORKERS: 2,
      HEAPHOUND_CACHE_BYTES: 64 * 2 ** 20,
      HEAPHOUND_VERBOSE: true,
      HEAPHOUND_URL: "http://a",
    });
  });

  it("names every bad variable with its value in one error", () => {
    const load = (): unknown => loadConfig(schema, { HEAPHOUND_WORKERS: "65", HEAPHOUND_LISTEN: "nowhere" });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(/HEAPHOUND_WORKERS=65.*64/s);
    expect(load).toThrow(/HEAPHOUND_LISTEN=nowhere: expected HOST:PORT/);
    expect(load).toThrow(/HEAPHOUND_URL is not set/);
  });

  it.each([
    ["65536", 65_536],
    ["64k", 65_536],
    ["1.5 GiB", 1.5 * 2 ** 30],
    ["64Mi", 64 * 2 ** 20],
    ["2MB", 2 * 2 ** 20],
  ])("reads the size %s", (text, bytes) => {
    expect(byteSize.parse(text)).toBe(bytes);
  });

  it.each(["", "-1", "1x", "k"])("refuses the size %j", (text) => {
    expect(byteSize.safeParse(text).success).toBe(false);
  });

  it.each([
    [":7414", { host: "127.0.0.1", port: 7414 }],
    ["0.0.0.0:0", { host: "0.0.0.0", port: 0 }],
    ["[::1]:80", { host: "::1", port: 80 }],
  ])("reads the address %s", (text, address) => {
    expect(listenAddress.parse(text)).toEqual(address);
  });

  it.each(["7414", "host", "a:65536", "::1:80"])("refuses the address %j", (text) => {
    expect(listenAddress.safeParse(text).success).toBe(false);
  });
});

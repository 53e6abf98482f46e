import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readElf } from "@heaphound/service-kit";
import { FileCache } from "./file-cache.js";
import { Uploads, type UploadChunk } from "./uploads.js";

const CHUNK = 256 * 1024;
const KILL = process.execPath;

let directory: string;
let cache: FileCache;
let uploads: Uploads;
let binary: Buffer;
let buildId: string;

beforeAll(async () => {
  // Any real ELF file with a build id will do; this one is small.
  binary = await readFile("/bin/true");
  buildId = (await readElf("/bin/true")).buildId;
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "heaphound-uploads-"));
  cache = await FileCache.open(directory, 2 ** 30);
  uploads = new Uploads(cache, 2 ** 30);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

function chunk(offset: number, data: Uint8Array, change: Partial<UploadChunk> = {}): UploadChunk {
  return { buildId, offset: BigInt(offset), fileSize: BigInt(binary.length), data, error: "", ...change };
}

async function send(uploader: string): Promise<boolean> {
  for (let at = 0; at < binary.length; at += CHUNK) {
    expect(await uploads.receive(chunk(at, binary.subarray(at, at + CHUNK)), uploader)).toBe(false);
  }
  return uploads.receive(chunk(binary.length, new Uint8Array()), uploader);
}

describe("uploads", () => {
  it("are stored whole, under their build id", async () => {
    expect(uploads.ask(buildId, binary.length, "a")).toBe(true);
    expect(await send("a")).toBe(true);
    const path = await cache.find(buildId, "executable");
    expect(await readFile(path ?? "")).toEqual(binary);
  });

  it("are asked of one client at a time, and again when it leaves", async () => {
    expect(uploads.ask(buildId, binary.length, "a")).toBe(true);
    expect(uploads.ask(buildId, binary.length, "a")).toBe(false);
    await uploads.receive(chunk(0, binary.subarray(0, 100)), "a");
    expect(uploads.ask(buildId, binary.length, "a")).toBe(false);
    await uploads.abandon("a");
    expect(await readdir(directory)).toEqual([]);
    expect(uploads.ask(buildId, binary.length, "a")).toBe(true);
    await uploads.abandon("a");
    expect(uploads.ask(buildId, binary.length, "b")).toBe(true);
    expect(await send("b")).toBe(true);
  });

  it.each([
    ["that nobody asked for", () => [], /nobody asked this client/],
    [
      "with a gap",
      () => [chunk(0, binary.subarray(0, 10)), chunk(20, binary.subarray(20, 30))],
      /offset 20 does not continue at 10/,
    ],
    ["larger than announced", () => [chunk(0, binary.subarray(0, 11), { fileSize: 10n })], /larger than announced/],
    [
      "whose client cannot read it",
      () => [chunk(0, new Uint8Array(), { error: "EACCES" })],
      /cannot read the file: EACCES/,
    ],
    [
      "with another size in the middle",
      () => [chunk(0, binary.subarray(0, 10)), chunk(10, binary.subarray(10, 20), { fileSize: 5n })],
      /does not continue/,
    ],
    [
      "of another file",
      () => [chunk(0, binary.subarray(0, 99), { fileSize: 99n }), chunk(99, new Uint8Array(), { fileSize: 99n })],
      /cut off/,
    ],
  ])("%s are refused, and leave nothing", async (_, chunks, reason) => {
    const list = chunks();
    if (list.length > 0) uploads.ask(buildId, binary.length, "a");
    const all = async (): Promise<void> => {
      for (const one of list.length > 0 ? list : [chunk(0, binary.subarray(0, 10))]) await uploads.receive(one, "a");
    };
    await expect(all()).rejects.toThrow(reason);
    expect(await readdir(directory)).toEqual([]);
  });

  it("with a build id that is none cannot name a file", async () => {
    expect(uploads.ask("../../etc/passwd", 1, "a")).toBe(false);
    await expect(uploads.receive(chunk(0, new Uint8Array(), { buildId: "../x" }), "a")).rejects.toThrow(
      /no valid build id/,
    );
  });

  it("are not asked for when they are too large", () => {
    expect(new Uploads(cache, 1000).ask(buildId, 1001, "a")).toBe(false);
  });

  it("whose contents have another build id are refused", async () => {
    const wrong = "ab".repeat(20);
    uploads.ask(wrong, binary.length, "a");
    await uploads.receive(chunk(0, binary.subarray(0, CHUNK), { buildId: wrong }), "a");
    await expect(uploads.receive(chunk(binary.length, new Uint8Array(), { buildId: wrong }), "a")).rejects.toThrow(
      /build id .* where abab/,
    );
    expect(await readdir(directory)).toEqual([]);
  });
});

describe("the file cache", () => {
  it("drops the least recently used files beyond its limit", async () => {
    const size = binary.length;
    const small = await FileCache.open(directory, Math.floor(size * 1.5));
    const copyOf = (): string => {
      const partial = small.partialPath();
      execFileSync("cp", ["/bin/true", partial]);
      return partial;
    };
    await small.accept(copyOf(), buildId, "executable");
    await small.accept(copyOf(), buildId, "debug");
    expect(await small.find(buildId, "executable")).toBeUndefined();
    expect(await small.find(buildId, "debug")).toBeDefined();
  });

  it("removes what an earlier run left half-written", async () => {
    execFileSync("cp", ["/bin/true", cache.partialPath()]);
    await FileCache.open(directory, 2 ** 30);
    expect(await readdir(directory)).toEqual([]);
  });
});

describe("readElf", () => {
  it("agrees with readelf about build id and code of a large program", async () => {
    const facts = await readElf(KILL);
    const notes = execFileSync("readelf", ["-nW", KILL], { encoding: "utf8" });
    expect(facts.buildId).toBe(/Build ID: ([0-9a-f]+)/.exec(notes)?.[1] ?? "");
    const segments = execFileSync("readelf", ["-lW", KILL], { encoding: "utf8" });
    const executable = [...segments.matchAll(/LOAD\s+\S+ 0x(\w+) \S+ \S+ 0x(\w+) R ?E/g)].map(([, start, size]) => ({
      start: BigInt(`0x${start}`),
      end: BigInt(`0x${start}`) + BigInt(`0x${size}`),
    }));
    expect(facts.executable).toEqual(executable);
  });

  it("rejects what is no ELF file, and one that is cut off", async () => {
    await expect(readElf(new URL(import.meta.url).pathname)).rejects.toThrow("not an ELF file");
    expect((await stat("/bin/true")).size).toBeGreaterThan(0);
  });
});

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { silentLogger } from "@heaphound/service-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Debuginfod } from "../binaries/debuginfod.js";
import { FileCache } from "../binaries/file-cache.js";
import { BinaryFinder } from "../binaries/finder.js";
import { SymbolizerProcess } from "./symbolizer-process.js";
import { Symbolizer, type SymbolizeResult } from "./symbolizer.js";
import { hasProgram, Programs } from "./test-support/programs.js";

let programs: Programs;
let cacheDir: string;
let plainProgram: string;
let debugProgram: string;
const children: SymbolizerProcess[] = [];

beforeAll(async () => {
  programs = await Programs.create();
  cacheDir = await mkdtemp(join(tmpdir(), "heaphound-cache-"));
  debugProgram = await programs.cpp("debug", "-g");
  plainProgram = await programs.cpp("plain");
});

afterAll(async () => {
  for (const child of children) child.stop();
  await programs.remove();
  await rm(cacheDir, { recursive: true, force: true });
});

interface Setup {
  debugDirs?: string[];
  urls?: string[];
  program?: string;
  local?: boolean;
  timeoutMs?: number;
}

let crashes = 0;

async function symbolizer(setup: Setup = {}): Promise<{ symbolizer: Symbolizer; child: SymbolizerProcess }> {
  const cache = await FileCache.open(await mkdtemp(join(cacheDir, "c-")), 2 ** 30);
  const log = silentLogger();
  const debuginfod = new Debuginfod({ urls: setup.urls ?? [], cache, maxBytes: 2 ** 30, log });
  const finder = new BinaryFinder({
    local: setup.local ?? true,
    debugDirs: setup.debugDirs ?? [],
    cache,
    debuginfod,
    log,
  });
  const child = new SymbolizerProcess({
    program: setup.program ?? "llvm-symbolizer",
    timeoutMs: setup.timeoutMs ?? 20_000,
    memoryBytes: 2 ** 30,
  });
  children.push(child);
  crashes = 0;
  return { symbolizer: new Symbolizer({ finder, process: child, log, onCrash: () => crashes++ }), child };
}

/** Looks up one address of a program by its own path. */
async function lookUp(program: string, offset: bigint, setup: Setup = {}): Promise<SymbolizeResult> {
  const { symbolizer: it } = await symbolizer(setup);
  return it.symbolize(await programs.buildId(program), program, [offset]);
}

/** An address inside the calls that were inlined into Box<int>::get: behind the call of malloc. */
function insideGet(program: string): bigint {
  return programs.symbol(program, /3BoxIiE3get/).start + 9n;
}

describe("a program with debug information", () => {
  it("has the inlined calls, files and lines that addr2line finds, at every address", async () => {
    const { start, size } = programs.symbol(debugProgram, /3BoxIiE3get/);
    const offsets = Array.from({ length: Number(size) }, (_, i) => start + BigInt(i));
    const { symbolizer: it } = await symbolizer();
    const { symbols } = await it.symbolize(await programs.buildId(debugProgram), debugProgram, offsets);
    let inlined = 0;
    symbols.forEach((symbol, i) => {
      const expected = programs.addr2line(debugProgram, offsets[i] ?? 0n);
      const places = symbol?.files.map((file, k) => `${file}:${symbol.lines[k] === 0 ? "?" : symbol.lines[k]}`);
      expect(places, `offset ${i}`).toEqual(expected.map(({ place }) => place));
      expect(symbol?.functions.at(-1)).toMatch(/^app::Box<int>::get\(int\)( \[clone .*\])?$/);
      if (expected.length === 3) inlined++;
    });
    expect(inlined).toBeGreaterThan(0);
  });

  it("names inlined functions innermost first, version 2", async () => {
    const { symbols } = await lookUp(debugProgram, insideGet(debugProgram));
    expect(symbols[0]?.version).toBe(2);
    expect(symbols[0]?.functions.slice(0, 2)).toEqual(["inner", "middle"]);
  });
});

describe("a stripped program", () => {
  it("is looked up in the debug file of its build id", async () => {
    const buildId = await programs.buildId(debugProgram);
    const debugDir = programs.path("debug-root");
    const file = join(debugDir, ".build-id", buildId.slice(0, 2), `${buildId.slice(2)}.debug`);
    await mkdir(dirname(file), { recursive: true });
    const stripped = await programs.separated(debugProgram, file, false);
    const { symbols } = await lookUp(stripped, insideGet(debugProgram), { debugDirs: [debugDir] });
    expect(symbols[0]?.functions.slice(0, 2)).toEqual(["inner", "middle"]);
  });

  it("is looked up by its debug link, and not in a file of another build", async () => {
    const stripped = await programs.separated(debugProgram, programs.path("linked.debug"), true);
    const offset = insideGet(debugProgram);
    const linked = await lookUp(stripped, offset);
    expect(linked.symbols[0]?.version).toBe(2);
    await programs.copy(plainProgram, "linked.debug");
    const wrong = await lookUp(stripped, offset);
    expect(wrong.symbols[0]?.version).not.toBe(2);
  });

  it("has the names of .gnu_debugdata, version 1", async () => {
    const mini = await programs.withMiniDebug(plainProgram);
    const { start } = programs.symbol(plainProgram, /^plain$/);
    const { symbols, reason } = await lookUp(mini, start + 1n);
    expect(reason).toBe("");
    expect(symbols[0]).toEqual({ functions: ["plain"], files: [""], lines: [0], version: 1 });
  });

  it("has the exported names of its dynamic symbol table", async () => {
    const library = await programs.cpp("lib.so", "-shared", "-fPIC", "-s");
    const complete = await programs.cpp("lib-complete.so", "-shared", "-fPIC");
    const { start } = programs.symbol(complete, /^plain$/);
    const { symbols } = await lookUp(library, start);
    expect(symbols[0]).toMatchObject({ functions: ["plain"], version: 1 });
  });
});

describe("a program without debug information", () => {
  it("has the demangled names of its symbol table, as nm knows them", async () => {
    const { start, size } = programs.symbol(plainProgram, /3BoxIiE3get/);
    const { symbolizer: it } = await symbolizer();
    const { symbols } = await it.symbolize(await programs.buildId(plainProgram), plainProgram, [
      start,
      start + size - 1n,
    ]);
    for (const symbol of symbols) {
      expect(symbol?.functions).toHaveLength(1);
      expect(symbol?.functions[0]).toMatch(/^app::Box<int>::get\(int\)( \[clone .*\])?$/);
      expect(symbol?.version).toBe(1);
    }
  });

  it("has no names outside its code", async () => {
    const { symbolizer: it } = await symbolizer();
    const { symbols } = await it.symbolize(await programs.buildId(plainProgram), plainProgram, [0x10n, 0x9999_9999n]);
    expect(symbols).toEqual([undefined, undefined]);
  });
});

describe.skipIf(!hasProgram("rustc"))("a Rust program", () => {
  it.each([
    ["v0", "<app::deep::Node<u64>>::grow"],
    ["legacy", "app::deep::Node<T>::grow"],
  ] as const)("is demangled from %s symbols, without and with debug information", async (mangling, name) => {
    for (const flag of ["-Cstrip=debuginfo", "-g"]) {
      const program = await programs.rust(`rust-${mangling}${flag.replace("=", "-")}`, mangling, flag);
      const { start, size } = programs.symbol(program, mangling === "v0" ? /4deep.*4grow/ : /4deep.*4grow17h/);
      const buildId = (await programs.buildId(program)) || `path:${program}`;
      const { symbolizer: it } = await symbolizer();
      const { symbols } = await it.symbolize(buildId, program, [start, start + size - 1n]);
      for (const symbol of symbols) {
        expect(symbol?.functions.at(-1)).toBe(name);
        expect(symbol?.version).toBe(flag === "-g" ? 2 : 1);
      }
    }
  });
});

describe("debuginfod", () => {
  it("serves debug files by build id; what it serves is verified, and its absence remembered", async () => {
    const buildId = await programs.buildId(debugProgram);
    const stripped = await programs.separated(debugProgram, programs.path("remote.debug"), false);
    const right = await readFile(programs.path("remote.debug"));
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? "");
      if (request.url === `/good/buildid/${buildId}/debuginfo`) response.end(right);
      else if (request.url?.startsWith("/wrong/")) void readFile(plainProgram).then((body) => response.end(body));
      else response.writeHead(404).end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const base = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    const offset = insideGet(debugProgram);

    const { symbolizer: it } = await symbolizer({ urls: [`${base}/wrong`, `${base}/good`] });
    expect((await it.symbolize(buildId, stripped, [offset])).symbols[0]?.version).toBe(2);
    expect(requests).toEqual([`/wrong/buildid/${buildId}/debuginfo`, `/good/buildid/${buildId}/debuginfo`]);
    await it.symbolize(buildId, stripped, [offset]);
    expect(requests).toHaveLength(2);

    const { symbolizer: other } = await symbolizer({ urls: [`${base}/none`] });
    await other.symbolize(buildId, stripped, [offset]);
    await other.symbolize(buildId, stripped, [offset]);
    expect(requests.filter((url) => url.startsWith("/none"))).toHaveLength(1);
    server.close();
  });
});

describe("what can go wrong", () => {
  it("leaves frames raw, with the reason, when there is no file or another one", async () => {
    const { symbolizer: it } = await symbolizer();
    const gone = await it.symbolize("00".repeat(20), "/nowhere/program", [1n]);
    expect(gone).toEqual({ symbols: [undefined], reason: "no file with this build id is known here" });
    const other = await it.symbolize("11".repeat(20), plainProgram, [1n]);
    expect(other.reason).toBe("no file with this build id is known here");
    expect((await it.symbolize("", "", [1n])).reason).toBe("the address lies in no module");
    expect((await it.symbolize("path:[vdso]", "[vdso]", [1n])).symbols).toEqual([undefined]);
  });

  it("does not read local paths when it must not", async () => {
    const { reason } = await lookUp(plainProgram, 0x1000n, { local: false });
    expect(reason).toBe("no file with this build id is known here");
  });

  it("says that the tool is missing", async () => {
    const { reason, symbols } = await lookUp(plainProgram, insideGet(plainProgram), { program: "no-such-symbolizer" });
    expect(reason).toMatch(/no-such-symbolizer cannot be started.*install the package llvm/);
    expect(symbols).toEqual([undefined]);
  });

  it("outlives a child that is killed, and goes on with a new one", async () => {
    const { symbolizer: it, child } = await symbolizer();
    const buildId = await programs.buildId(plainProgram);
    const offset = insideGet(plainProgram);
    await it.symbolize(buildId, plainProgram, [offset]);
    const first = child.pid ?? 0;
    process.kill(first, "SIGKILL");
    const { symbols } = await it.symbolize(buildId, plainProgram, [offset]);
    expect(symbols[0]?.functions[0]).toContain("get");
    expect(child.pid).not.toBe(first);
  });

  it.each([
    ["hangs", "#!/bin/sh\nexec sleep 1000\n"],
    ["ends at once", "#!/bin/sh\necho broken >&2\nexit 3\n"],
  ])("gives a file up when the tool %s on it twice", async (_, script) => {
    const program = programs.path(`fake-${crypto.randomUUID()}`);
    await writeFile(program, script, { mode: 0o755 });
    const { symbolizer: it } = await symbolizer({ program, timeoutMs: 200 });
    const buildId = await programs.buildId(plainProgram);
    const { symbols } = await it.symbolize(buildId, plainProgram, [insideGet(plainProgram)]);
    expect(symbols).toEqual([undefined]);
    expect(crashes).toBe(2);
    await it.symbolize(buildId, plainProgram, [insideGet(plainProgram)]);
    expect(crashes).toBe(2);
  });
});

import { Random } from "./random.js";

/** A frame of the synthetic program: where it is, and the functions there, inlined ones first. */
export interface SyntheticFrame {
  /** Decimal 64-bit hash. */
  frame: string;
  module: SyntheticModule;
  offset: number;
  functions: string[];
  files: string[];
  lines: number[];
}

export interface SyntheticModule {
  number: number;
  path: string;
  buildId: string;
  /** No symbols: frames show as module+0xoffset. */
  isStripped: boolean;
}

/** How long blocks of a stack live. */
export type Fate = "leaks" | "temporary" | "short" | "long" | "phase";

export interface SyntheticStack {
  /** Indexes of frames, innermost first. */
  frames: number[];
  fate: Fate;
  meanSize: number;
  weight: number;
}

export interface SyntheticProgram {
  modules: SyntheticModule[];
  frames: SyntheticFrame[];
  /** Stack number n is `stacks[n - 1]`. */
  stacks: SyntheticStack[];
}

const MODULES: SyntheticModule[] = [
  { number: 1, path: "/srv/shop/cart-server", buildId: "a1".repeat(20), isStripped: false },
  { number: 2, path: "/usr/lib/x86_64-linux-gnu/libc.so.6", buildId: "b2".repeat(20), isStripped: false },
  { number: 3, path: "/srv/shop/libjson.so.3", buildId: "c3".repeat(20), isStripped: false },
  { number: 4, path: "/opt/vendor/libopaque.so", buildId: "d4".repeat(20), isStripped: true },
];

/** Module, source file, functions. A slash in a function separates what is inlined into it: `helper/outer`. */
const SOURCES: readonly (readonly [number, string, readonly string[]])[] = [
  [1, "/src/cart/main.cc", ["main", "run_event_loop", "shutdown_server", "load_configuration", "parse_arguments"]],
  [
    1,
    "/src/cart/http.cc",
    [
      "http::accept",
      "http::read_request",
      "http::Headers::add/http::parse_headers",
      "http::respond",
      "http::keep_alive",
    ],
  ],
  [1, "/src/cart/cart.cc", ["Cart::add_item", "Cart::remove_item", "Cart::total", "Cart::serialize", "Cart::Cart"]],
  [
    1,
    "/src/cart/session.cc",
    ["Session::open", "Session::touch", "SessionTable::insert", "SessionTable::expire", "Session::remember"],
  ],
  [
    1,
    "/src/cart/cache.cc",
    ["Cache::get", "Cache::put", "Cache::evict", "Cache::grow", "std::vector<Entry>::emplace_back/Cache::append"],
  ],
  [
    1,
    "/src/cart/pricing.cc",
    ["Pricing::refresh", "Pricing::lookup", "Pricing::apply_discount", "Pricing::load_table"],
  ],
  [1, "/src/cart/log.cc", ["log_line", "format_message", "rotate_log"]],
  [
    3,
    "/src/json/parser.c",
    ["json_parse", "json_parse_object", "json_parse_array", "json_parse_string", "json_append/json_parse_value"],
  ],
  [3, "/src/json/writer.c", ["json_write", "json_write_object", "json_escape", "json_buffer_grow"]],
  [4, "", ["opaque_1", "opaque_2", "opaque_3", "opaque_4", "opaque_5"]],
  [2, "/build/glibc/malloc/malloc.c", ["strdup", "getline", "qsort", "fopen"]],
  [2, "/build/glibc/stdlib/start.c", ["__libc_start_main", "start_thread", "clone3"]],
];

const FATES: readonly Fate[] = ["temporary", "temporary", "temporary", "short", "short", "long", "phase"];
const SIZES: readonly number[] = [16, 24, 48, 64, 100, 256, 1000, 4096, 20_000];
const LEAK_EVERY = 23;

/** A server of about fifty functions: four modules, one of them stripped, with inlined calls and recursion. */
export function syntheticProgram(stackCount: number, seed: number): SyntheticProgram {
  const random = new Random(seed);
  const frames = SOURCES.flatMap(([module, file, functions]) =>
    functions.map((name, index) => makeFrame(MODULES[module - 1]!, file, name, index)),
  );
  const indexOf = (name: string): number => frames.findIndex((frame) => frame.functions.at(-1) === name);
  const roots = [
    [indexOf("main"), indexOf("__libc_start_main")],
    [indexOf("run_event_loop"), indexOf("start_thread"), indexOf("clone3")],
  ];
  const inner = frames.length - 3;
  const stacks = Array.from({ length: stackCount }, (_, index): SyntheticStack => {
    const depth = 2 + random.below(14);
    const calls = Array.from({ length: depth }, () => 1 + random.below(inner - 1));
    return {
      frames: [...calls, ...roots[index % 2]!],
      fate: index % LEAK_EVERY === 7 ? "leaks" : FATES[random.below(FATES.length)]!,
      meanSize: SIZES[random.below(SIZES.length)]!,
      weight: 1 / (1 + random.below(stackCount)),
    };
  });
  return { modules: MODULES, frames, stacks: withoutDoubles(stacks) };
}

function withoutDoubles(stacks: SyntheticStack[]): SyntheticStack[] {
  return [...new Map(stacks.map((stack) => [stack.frames.join(), stack])).values()];
}

function makeFrame(module: SyntheticModule, file: string, name: string, index: number): SyntheticFrame {
  const functions = module.isStripped ? [] : name.split("/");
  const offset = 0x1000 + (hash(`${module.path}${name}`) % 0x8_0000);
  return {
    frame: String((BigInt(hash(module.buildId)) << 32n) | BigInt((hash(name) | 2) >>> 0)),
    module,
    offset,
    functions,
    files: functions.map(() => file),
    lines: functions.map((_, depth) => 20 + 37 * index + depth),
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

import { execFile, execFileSync } from "node:child_process";
import { copyFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readElf } from "@heaphound/service-kit";

const run = promisify(execFile);

/** A template method that inlines two functions into itself. */
const CPP = `#include <cstdlib>
namespace app {
static inline __attribute__((always_inline)) void *inner(int n) { return malloc(n); }
static inline __attribute__((always_inline)) void *middle(int n) { return inner(n + 1); }
template <class T> struct Box { T value; __attribute__((noinline, used)) void *get(int n); };
template <class T> void *Box<T>::get(int n) {
  char *p = (char *)middle(n + (int)value);
  p[0] = 1;
  return p;
}
}
extern "C" __attribute__((noinline)) void *plain(int n) { return malloc(n); }
int main(int argc, char **) { app::Box<int> box{argc}; free(box.get(argc)); free(plain(argc)); }
`;

const RUST = `mod deep {
    pub struct Node<T>(pub Vec<T>);
    impl<T: Clone> Node<T> {
        #[inline(never)]
        pub fn grow(&mut self, x: T) -> usize { self.0.push(x); self.0.len() }
    }
}
fn main() {
    let mut node = deep::Node(vec![1u64]);
    for i in 0..3 { std::hint::black_box(node.grow(i)); }
}
`;

/** Programs compiled for one test file, in a directory of their own. */
export class Programs {
  private constructor(readonly directory: string) {}

  static async create(): Promise<Programs> {
    const programs = new Programs(await mkdtemp(join(tmpdir(), "heaphound-symbols-")));
    await writeFile(programs.path("app.cpp"), CPP);
    await writeFile(programs.path("app.rs"), RUST);
    return programs;
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  async cpp(name: string, ...flags: string[]): Promise<string> {
    await run("g++", ["-O2", "-Wl,--build-id", ...flags, this.path("app.cpp"), "-o", this.path(name)]);
    return this.path(name);
  }

  async rust(name: string, mangling: "v0" | "legacy", ...flags: string[]): Promise<string> {
    const unstable = mangling === "legacy" ? ["-Z", "unstable-options"] : [];
    await run(
      "rustc",
      [
        "-O",
        "-C",
        `symbol-mangling-version=${mangling}`,
        ...unstable,
        ...flags,
        this.path("app.rs"),
        "-o",
        this.path(name),
      ],
      {
        env: { ...process.env, RUSTC_BOOTSTRAP: "1" },
      },
    );
    return this.path(name);
  }

  /** A stripped copy whose debug information lies in another file, named by build id or by link. */
  async separated(program: string, debugPath: string, link: boolean): Promise<string> {
    const stripped = `${program}.stripped`;
    await run("objcopy", ["--only-keep-debug", program, debugPath]);
    await run("strip", [program, "-o", stripped]);
    if (link) await run("objcopy", [`--add-gnu-debuglink=${debugPath}`, stripped]);
    return stripped;
  }

  /** A stripped copy that carries its symbol table xz-compressed, as Fedora's packages do. */
  async withMiniDebug(program: string): Promise<string> {
    const stripped = `${program}.mini`;
    const symbols = `${program}.symbols`;
    await run("objcopy", [
      "-S",
      "--remove-section",
      ".gnu_debuglink",
      "--keep-symbol=plain",
      "--keep-symbol=main",
      program,
      symbols,
    ]);
    await run("xz", ["-f", "-k", symbols]);
    await rename(`${symbols}.xz`, `${symbols}.packed`);
    await run("strip", [program, "-o", stripped]);
    await run("objcopy", ["--add-section", `.gnu_debugdata=${symbols}.packed`, stripped]);
    return stripped;
  }

  async copy(from: string, to: string): Promise<string> {
    await copyFile(from, this.path(to));
    return this.path(to);
  }

  async buildId(program: string): Promise<string> {
    return (await readElf(program)).buildId;
  }

  /** Start and size of a function, by nm. */
  symbol(program: string, pattern: RegExp): { start: bigint; size: bigint } {
    for (const line of execFileSync("nm", ["-S", program], { encoding: "utf8" }).split("\n")) {
      const match = /^([0-9a-f]+) ([0-9a-f]+) [tTwW] (.*)$/.exec(line);
      if (match && pattern.test(match[3] ?? ""))
        return { start: BigInt(`0x${match[1]}`), size: BigInt(`0x${match[2]}`) };
    }
    throw new Error(`no symbol ${pattern} in ${program}`);
  }

  /** What binutils say: one `function` and `file:line` per inlined call, innermost first. */
  addr2line(program: string, offset: bigint): { name: string; place: string }[] {
    const lines = execFileSync("addr2line", ["-f", "-i", "-C", "-e", program, `0x${offset.toString(16)}`], {
      encoding: "utf8",
    })
      .trim()
      .split("\n");
    return lines.flatMap((name, i) => {
      const place = lines[i + 1]?.replace(/ \(discriminator \d+\)$/, "");
      return i % 2 === 0 && place !== undefined ? [{ name, place }] : [];
    });
  }
}

export function hasProgram(name: string): boolean {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

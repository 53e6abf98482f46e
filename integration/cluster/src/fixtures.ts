// Images of the tests: each a root file system with the files of one program and nothing else, as distroless images are.
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { clientTools } from "./client-tools.ts";
import { run } from "./command.ts";
import { writeImage, type ImageSettings } from "./oci-archive.ts";
import { here } from "./paths.ts";

type Fill = (root: string) => Promise<void>;

interface Fixture {
  settings: ImageSettings;
  fill: Fill;
}

const source = (name: string): string => join(here, "programs", name);

function place(root: string, from: string, to: string): void {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  copyFileSync(realpathSync(from), join(root, to));
}

/** The loader and the libraries that a program asks for, where it looks for them, and what always comes with glibc. */
async function placeLibraries(root: string, program: string): Promise<void> {
  const listed = await run(["ldd", program]);
  const paths = [...listed.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1]!);
  const libc = paths.find((path) => path.endsWith("/libc.so.6"));
  if (libc !== undefined) for (const name of ["libdl.so.2", "libpthread.so.0"]) paths.push(join(dirname(libc), name));
  for (const path of paths) place(root, path, path);
}

/** Compiles one of our programs; without `libraries` it needs none. */
const compiled =
  (file: string, compiler: readonly string[], libraries = true): Fill =>
  async (root) => {
    const program = join(root, "bin", basename(file).replace(/\.\w+$/, ""));
    mkdirSync(dirname(program), { recursive: true });
    await run([...compiler, "-g", "-O1", "-fno-omit-frame-pointer", "-o", program, source(file)]);
    if (libraries) await placeLibraries(root, program);
  };

const muslWork: Fill = async (root) => {
  await compiled("work.c", ["musl-gcc"], false)(root);
  place(root, "/usr/lib/x86_64-linux-musl/libc.so", "lib/ld-musl-x86_64.so.1");
};

const redis: Fill = async (root) => {
  for (const name of ["redis-server", "redis-benchmark"]) {
    const program = (await run(["sh", "-c", `command -v ${name}`])).trim();
    place(root, program, `bin/${name}`);
    await placeLibraries(root, realpathSync(program));
  }
};

/** A shell with the usual tools, dynamic, so that LD_PRELOAD reaches it. */
const shell: Fill = async (root) => {
  await compiled("work.c", ["gcc"])(root);
  place(root, "/bin/busybox", "bin/busybox");
  for (const name of ["sh", "cat", "sleep", "ls", "nc"]) symlinkSync("busybox", join(root, "bin", name));
};

/** The chart's clean-up job runs it. */
const kubectl: Fill = async (root) => place(root, (await clientTools()).kubectl, "bin/kubectl");

const fixtures: Readonly<Record<string, Fixture>> = {
  pause: {
    settings: { name: "localhost/pause:test", entrypoint: ["/bin/pause"] },
    fill: compiled("pause.c", ["gcc", "-static"], false),
  },
  leaker: {
    settings: { name: "localhost/leaker:test", entrypoint: ["/bin/leaker"], user: "65532:65532" },
    fill: compiled("leaker.cpp", ["g++"]),
  },
  work: {
    settings: { name: "localhost/work:test", entrypoint: ["/bin/work"], user: "65532:65532" },
    fill: compiled("work.c", ["gcc"]),
  },
  "work-musl": {
    settings: { name: "localhost/work-musl:test", entrypoint: ["/bin/work"], user: "65532:65532" },
    fill: muslWork,
  },
  "work-static": {
    settings: { name: "localhost/work-static:test", entrypoint: ["/bin/work"], user: "65532:65532" },
    fill: compiled("work.c", ["gcc", "-static"], false),
  },
  kubectl: {
    settings: { name: "registry.k8s.io/kubectl:v1.35.2", entrypoint: ["/bin/kubectl"], user: "65532:65532" },
    fill: kubectl,
  },
  shell: { settings: { name: "localhost/shell:test", entrypoint: ["/bin/sh"] }, fill: shell },
  redis: {
    settings: { name: "localhost/redis:test", entrypoint: ["/bin/redis-server"], user: "65532:65532" },
    fill: redis,
  },
};

/** Builds the archive of one fixture; returns its path. */
export async function buildFixture(name: string, folder: string): Promise<string> {
  const fixture = fixtures[name];
  if (!fixture) throw new Error(`no fixture ${name}; there are ${Object.keys(fixtures).join(", ")}`);
  const root = mkdtempSync(join(tmpdir(), "heaphound-root-"));
  try {
    for (const each of ["tmp", "etc", "proc", "sys", "dev"]) mkdirSync(join(root, each));
    const users = "root:x:0:0::/:/bin/sh\nnonroot:x:65532:65532::/:/bin/sh\n";
    writeFileSync(join(root, "etc/passwd"), users);
    // Without it glibc does not ask DNS.
    writeFileSync(join(root, "etc/nsswitch.conf"), "hosts: files dns\n");
    await fixture.fill(root);
    const archive = join(folder, `${name}.tar`);
    await writeImage(root, fixture.settings, archive);
    return archive;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export const fixtureNames = Object.keys(fixtures);

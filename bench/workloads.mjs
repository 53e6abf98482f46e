// The programs that are measured. Each entry says what must be on the machine and how a run is made; inputs are generated, so
// that two machines measure the same work.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { node, root } from "../scripts/lib/root.mjs";

const programs = join(root, "integration/programs");
const data = (name) => join(programs, "data", name);
const built = (name) => join(programs, "build/glibc-O2", name);
const python = "/usr/bin/python3";

function sqliteInput(folder) {
  const file = join(folder, "tables.sql");
  const script = readFileSync(data("tables.sql"), "utf8");
  writeFileSync(file, `${script}DROP TABLE item;\n`.repeat(8));
  return file;
}

function jsonInput(folder) {
  const file = join(folder, "rows.json");
  const rows = Array.from({ length: 60_000 }, (_, id) => ({
    id,
    name: `row ${id % 977}`,
    tags: [`a${id % 7}`, `b${id % 11}`],
    x: id / 7,
  }));
  writeFileSync(file, JSON.stringify(rows));
  return file;
}

function perlInput(folder) {
  const file = join(folder, "words.pl");
  writeFileSync(
    file,
    `my (%seen, @all);
for my $i (1 .. 150000) {
  my $word = join "-", map { chr(97 + ($i * $_) % 26) } 1 .. 8;
  push @all, { word => $word, parts => [split /-/, $word], n => $i };
  $seen{$word} .= "$i,";
}
my @sorted = sort { $a->{word} cmp $b->{word} or $a->{n} <=> $b->{n} } @all;
print scalar(keys %seen), " ", $sorted[-1]{n}, "\\n";
`,
  );
  return file;
}

/** A repository of 400 commits, each changing two of twenty files of 200 lines. */
function gitRepository(folder) {
  const repository = join(folder, "repository");
  const stream = [];
  const lines = Array.from({ length: 20 }, (_, file) =>
    Array.from({ length: 200 }, (_, line) => `file ${file} line ${line}`),
  );
  for (let commit = 1; commit <= 400; commit++) {
    stream.push(
      `commit refs/heads/main\nmark :${commit}\ncommitter bench <bench@example.org> ${1_700_000_000 + commit} +0000`,
    );
    stream.push(`data 8\nchange x${commit > 1 ? `\nfrom :${commit - 1}` : ""}`);
    for (const file of [commit % 20, (commit * 7) % 20]) {
      for (let edit = 0; edit < 12; edit++)
        lines[file][(commit * 31 + edit * 17) % 200] = `changed in ${commit} as number ${edit}`;
      const text = `${lines[file].join("\n")}\n`;
      stream.push(`M 100644 inline file${file}.txt\ndata ${text.length}\n${text}`);
    }
  }
  const git = (words, options) => spawnSync("git", words, { encoding: "utf8", ...options });
  git(["init", "-q", "-b", "main", repository]);
  const loaded = git(["-C", repository, "fast-import", "--quiet"], { input: stream.join("\n") });
  if (loaded.status !== 0) throw new Error(`git fast-import: ${loaded.stderr}`);
  return repository;
}

function cc1plus() {
  const found = spawnSync("g++", ["-print-prog-name=cc1plus"], { encoding: "utf8" }).stdout?.trim() ?? "";
  return found.startsWith("/") && existsSync(found) ? found : null;
}

export function compilerWords(...options) {
  const headers = readdirSync("/usr/include").find((name) => /^[a-z0-9_]+-linux-gnu/.test(name));
  return [
    cc1plus(),
    "-quiet",
    "-imultiarch",
    headers,
    "-D_GNU_SOURCE",
    ...options,
    data("large.cpp"),
    "-o",
    "/dev/null",
  ];
}

const REDIS_PORT = 7499;

/** Fixed work from outside; the server is told to leave when it is done. */
async function driveRedis() {
  for (;;) {
    const socket = connect(REDIS_PORT, "127.0.0.1");
    const connected = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) break;
    await pause(5);
  }
  const work = [
    "-p",
    String(REDIS_PORT),
    "-n",
    "60000",
    "-r",
    "20000",
    "-q",
    "-P",
    "8",
    "-t",
    "set,get,lpush,hset,sadd,zadd",
  ];
  await once(spawn("redis-benchmark", work, { stdio: "ignore" }), "exit");
  await once(spawn("redis-cli", ["-p", String(REDIS_PORT), "shutdown", "nosave"], { stdio: "ignore" }), "exit");
}

/** name -> { needs, make(folder) -> { words, input?, cwd?, environment?, exitCode?, drive? } } */
export const workloads = {
  sqlite3: {
    needs: ["sqlite3"],
    make: (folder) => ({ words: ["sqlite3", "-batch", "-init", "/dev/null", ":memory:"], input: sqliteInput(folder) }),
  },
  redis: {
    needs: ["redis-server", "redis-benchmark", "redis-cli"],
    make: () => ({
      words: [
        "redis-server",
        "--port",
        String(REDIS_PORT),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--loglevel",
        "warning",
      ],
      drive: driveRedis,
    }),
  },
  jq: {
    needs: ["jq"],
    make: (folder) => ({
      words: [
        "jq",
        "map(select(.id % 3 == 0) | {name, n: (.tags | length)}) | group_by(.name) | length",
        jsonInput(folder),
      ],
    }),
  },
  "python3 json": { needs: [python], make: () => ({ words: [python, data("documents.py"), "40"], exitCode: 7 }) },
  "python3 PYTHONMALLOC=malloc": {
    needs: [python],
    make: () => ({ words: [python, data("documents.py"), "15"], environment: { PYTHONMALLOC: "malloc" }, exitCode: 7 }),
  },
  perl: { needs: ["perl"], make: (folder) => ({ words: ["perl", perlInput(folder)] }) },
  "git log -p": {
    needs: ["git"],
    make: (folder) => ({
      words: ["git", "--no-pager", "log", "-p"],
      cwd: gitRepository(folder),
      environment: { HOME: folder },
    }),
  },
  cc1plus: { needs: ["g++"], make: () => ({ words: compilerWords("-O1") }) },
  "C++ containers": { needs: [], make: () => ({ words: [built("containers"), "3000"] }) },
  "C++ exceptions, 4 threads": { needs: [], make: () => ({ words: [built("exceptions"), "20000"], exitCode: 3 }) },
  "4 threads": { needs: [], make: () => ({ words: [built("threads"), "1000000"] }) },
  node: { needs: [], make: () => ({ words: [node, data("json-crypto.mjs"), "150"], exitCode: 6 }) },
};

export function hasTools(names) {
  return names.every((name) => spawnSync("sh", ["-c", `command -v "${name}"`]).status === 0);
}

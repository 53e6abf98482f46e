import { Command, InvalidArgumentError, Option } from "commander";
import { compressions, exportFormats, measures, modes, sorts, weights } from "./api/values.js";
import { check } from "./commands/check.js";
import { down } from "./commands/down.js";
import { ending, type EndingOptions } from "./commands/ending.js";
import { exportProcess, type ExportOptions } from "./commands/export.js";
import { importFile, type ImportOptions } from "./commands/import.js";
import { ls, type LsOptions } from "./commands/ls.js";
import { run, type RunOptions } from "./commands/run.js";
import { set } from "./commands/set.js";
import { status } from "./commands/status.js";
import { top, type TopOptions } from "./commands/top.js";
import { up, type UpOptions } from "./commands/up.js";
import { view } from "./commands/view.js";
import { asksCluster, type GlobalOptions, type ReaderOptions } from "./context.js";
import { annotate, type AnnotateOptions } from "./kube/annotate.js";
import { coverage, type CoverageOptions } from "./kube/coverage.js";
import { inject, type InjectOptions } from "./kube/inject.js";
import type { ClusterOptions } from "./kube/cluster.js";
import { open, portForward, type PortForwardOptions } from "./kube/open.js";
import { release } from "./kube/release.js";
import { why, type WhyOptions } from "./kube/why.js";

const epilogue = `
A PROCESS is its key, a beginning of the key, the name of a pod, or "latest".

As "kubectl heaphound", or with -n, --context or --kubeconfig, commands that read ask the Heaphound of a cluster, through a
port-forward and as the person of the kubeconfig.

Exit codes: 0 fine, 1 it failed, 2 wrong usage, 3 the stack does not run or does not answer, 4 no such process.
"run" ends with the exit code of the program, 128 + N when signal N ended it.

Environment: HEAPHOUND_DATA_DIR (as --data), HEAPHOUND_API_URL (as --api),
HEAPHOUND_API_TOKEN (who asks, where the API wants to know), NO_COLOR.`;

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is not a whole number.");
}

function positive(text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError("It is not a number above zero.");
}

/** Options of a window of time within a process. */
function withWindow(command: Command): Command {
  return command
    .option("--filter <question>", "only what this question matches, for example 'size >= 1MiB'")
    .option("--from <time>", "start of the window since the start of the process: 5s, 250ms, 40%")
    .option("--to <time>", "end of the window")
    .addOption(new Option("--measure <measure>", "what counts").choices(measures))
    .addOption(new Option("--weight <weight>", "what weighs").choices(weights));
}

/** Every command, with its options; `main` parses. */
export function createProgram(): Command {
  const program = new Command("heaphound")
    .description("Memory profiler: every allocation of a program with its stack, live in a browser.")
    .option("--data <dir>", "data directory of the local stack")
    .option("--api <url>", "address of the API, instead of the local stack's")
    .showHelpAfterError("(heaphound --help shows every command)")
    .addHelpText("after", epilogue)
    .enablePositionalOptions()
    .exitOverride();
  addStackCommands(program);
  addRecordingCommands(program);
  addReadingCommands(program);
  addClusterCommands(program);
  return program;
}

const globals = (command: Command): GlobalOptions => command.optsWithGlobals();

/** As kubectl names them. */
function withCluster(command: Command): Command {
  return command
    .option("-n, --namespace <name>", "namespace, instead of the context's")
    .option("--context <name>", "context of the kubeconfig")
    .option("--kubeconfig <file>", "kubeconfig, instead of $KUBECONFIG or ~/.kube/config")
    .option("--heaphound-namespace <name>", "where Heaphound is installed (heaphound)");
}

/** These are what `kubectl heaphound` is for. */
function addClusterCommands(program: Command): void {
  withCluster(program.command("why"))
    .description("why a pod's profiles are there or not, the likeliest cause first")
    .argument("<pod>", "name of the pod")
    .option("--json", "print JSON")
    .action((pod: string, options: WhyOptions, command: Command) => why(pod, { ...globals(command), ...options }));
  withCluster(program.command("annotate"))
    .description("ask for the profiles of a workload or of a namespace")
    .argument("<target>", "deployment/NAME, statefulset/NAME, daemonset/NAME or namespace/NAME")
    .addOption(new Option("--mode <mode>", "how it is recorded").choices(modes))
    .option("--off", "ask no more")
    .action((target: string, options: AnnotateOptions) => annotate(target, options));
  withCluster(program.command("release"))
    .description("let a quarantined workload be injected again")
    .argument("<workload>", "KIND/NAME")
    .action((workload: string, options: ClusterOptions) => release(workload, options));
  withCluster(program.command("port-forward"))
    .description("a port of this machine that leads to the API, the page or the ingester in a cluster")
    .argument("[component]", "api, gui or ingester", "api")
    .option("--port <n>", "port on this machine; any free one unless given")
    .action((component: string, options: PortForwardOptions) => portForward(component, options));
  withCluster(program.command("open"))
    .description("the page of a cluster in a browser")
    .option("--port <n>", "port on this machine; any free one unless given")
    .action((options: PortForwardOptions) => open(options));
  program
    .command("inject")
    .description("what the webhook would make of a manifest, without a cluster")
    .requiredOption("-f, --file <file>", "manifests in YAML or JSON, - for standard input")
    .option("--image <image>", "init image")
    .option("--ingester <address>", "https://HOST:PORT that pods stream to")
    .option("--annotate-only", "only add the label that asks for injection")
    .action((options: InjectOptions) => inject(options));
}

function addStackCommands(program: Command): void {
  program
    .command("up")
    .description("start the local stack: ClickHouse, ingester, API, GUI")
    .option("--data <dir>", "data directory of the local stack")
    .option("--detach", "run in the background")
    .option("--json", "print where everything is, as JSON (with --detach)")
    .action((options: UpOptions, command: Command) => up({ ...globals(command), ...options }));
  program
    .command("down")
    .description("stop the local stack; the data stays")
    .action((_, command: Command) => down(globals(command)));
  withCluster(program.command("status"))
    .description("what runs, and where; with -n or -A, whose profiles a cluster has and why others are missing")
    .option("-A, --all-namespaces", "of all namespaces that you may see")
    .option("--json", "print JSON")
    .action((options: CoverageOptions, command: Command) => {
      const all = { ...globals(command), ...options };
      return options.allNamespaces === true || asksCluster(all) ? coverage(all) : status(all);
    });
  withCluster(program.command("check"))
    .description("look whether everything that is needed is here and works; with -n, in a cluster")
    .option("--json", "print JSON")
    .action((options: ReaderOptions & { json?: boolean }, command: Command) =>
      check({ ...globals(command), ...options }),
    );
}

function addRecordingCommands(program: Command): void {
  program
    .command("run")
    .description("run a program under the profiler")
    .usage("[OPTIONS] -- PROGRAM ARGS...")
    .argument("<words...>", "program and its arguments")
    .option("--server <addresses>", "HOST:PORT of an ingester, instead of the local stack")
    .option("-o, --output <file>", "record to a file; %p is the process id")
    .option("--free-stacks", "record the stacks of deallocations too")
    .option("--follow", "record the program's children too")
    .addOption(new Option("--mode <mode>", "how it is recorded").choices(modes))
    .option("--json <file>", "write process key, pid and exit code to a file, as JSON")
    .passThroughOptions()
    .action((words: string[], options: RunOptions, command: Command) =>
      run(words, { ...globals(command), ...options }),
    );
  program
    .command("import")
    .description("load a recording that was made with run --output or HEAPHOUND_OUTPUT")
    .argument("<file>", "the recording")
    .option("--server <address>", "HOST:PORT of an ingester, instead of the local stack")
    .option("--json", "print the process key as JSON")
    .action((file: string, options: ImportOptions, command: Command) =>
      importFile(file, { ...globals(command), ...options }),
    );
}

function addReadingCommands(program: Command): void {
  withCluster(program.command("set"))
    .description("change how a running process is recorded: mode=cull, cull-ms=5000, sample-bytes=524288, stop")
    .argument("<process>", "key, beginning of a key, pod, or latest")
    .argument("[settings...]", "NAME=VALUE, or stop; without any it prints what was asked so far")
    .option("--json", "print JSON")
    .action((process: string, words: string[], options: ReaderOptions & { json?: boolean }, command: Command) =>
      set(process, words, { ...globals(command), ...options }),
    );
  withCluster(program.command("ls"))
    .description("processes that were recorded")
    .option("--search <text>", "only those whose name, arguments or pod contain this")
    .option("--filter <question>", "only what this question matches")
    .addOption(new Option("--sort <field>", "what comes first").choices(sorts))
    .option("--limit <n>", "how many", wholeNumber)
    .option("--json", "print JSON")
    .action((options: LsOptions, command: Command) => ls({ ...globals(command), ...options }));
  withCluster(withWindow(program.command("top")))
    .description("the stacks that count most in a process")
    .argument("<process>", "key, beginning of a key, pod, or latest")
    .option("--at <time>", "instant for --measure live")
    .option("--limit <n>", "how many stacks", wholeNumber, 10)
    .option("--frames <n>", "how many frames of each", wholeNumber, 8)
    .option("--json", "print JSON")
    .action((process: string, options: TopOptions, command: Command) =>
      top(process, { ...globals(command), ...options }),
    );
  withCluster(program.command("ending"))
    .description("how a process ended: what was live, what grew, the last large allocations")
    .argument("<process>", "key, beginning of a key, pod, or latest")
    .option("--window <seconds>", "how long before the end", positive, 60)
    .option("--limit <n>", "how many stacks and allocations", wholeNumber, 10)
    .option("--frames <n>", "how many frames of each stack", wholeNumber, 6)
    .option("--json", "print JSON")
    .action((process: string, options: EndingOptions, command: Command) =>
      ending(process, { ...globals(command), ...options }),
    );
  withCluster(program.command("view"))
    .description(
      "any view as JSON: processes, process, timeline, tree, groups, allocations, leaks, maps, ending, settings, fields",
    )
    .argument("<name>", "the view")
    .argument("[parameters...]", "PARAM=VALUE, among them process=PROCESS (latest unless given)")
    .option("--json", "JSON is what it prints; taken for uniformity")
    .action((name: string, words: string[], options: ReaderOptions, command: Command) =>
      view(name, words, { ...globals(command), ...options }),
    );
  withCluster(withWindow(program.command("export")))
    .description(`write a recording as ${exportFormats.join(", ")}`)
    .argument("<format>", exportFormats.join(", "))
    .argument("<process>", "key, beginning of a key, pod, or latest")
    .option("-o, --output <file>", "file to write; - for standard output")
    .addOption(new Option("--compression <name>", "otherwise the file's name decides").choices(compressions))
    .option("--json", "print file name and size as JSON")
    .action((format: string, process: string, options: ExportOptions, command: Command) =>
      exportProcess(format, process, { ...globals(command), ...options }),
    );
}

// The cluster from a terminal: up, down, kubectl WORDS, helm WORDS.
import { spawn } from "node:child_process";
import { Cluster } from "./cluster.ts";
import { clientTools, type ClientTools } from "./client-tools.ts";
import { say } from "./progress.ts";

const usage = `npm run -w integration/cluster COMMAND

  up                 starts a Kubernetes of one node in namespaces of its own (nothing to do if it runs)
  down               ends it and leaves nothing behind
  kubectl -- WORDS   talks to it
  helm -- WORDS      likewise
`;

async function up(): Promise<number> {
  const cluster = await Cluster.up();
  say(`ready: KUBECONFIG=${cluster.kubeconfig}`);
  return 0;
}

async function down(): Promise<number> {
  await Cluster.down();
  say("down");
  return 0;
}

const passOn =
  (tool: keyof ClientTools) =>
  async (words: readonly string[]): Promise<number> => {
    const cluster = await Cluster.running();
    // npm run changes the folder; names of files are meant where the command was typed.
    const cwd = process.env.INIT_CWD ?? process.cwd();
    const child = spawn((await clientTools())[tool], words, { stdio: "inherit", env: cluster.environment(), cwd });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code) => resolve(code ?? 1));
    });
  };

const commands: Readonly<Record<string, (words: readonly string[]) => Promise<number>>> = {
  up,
  down,
  kubectl: passOn("kubectl"),
  helm: passOn("helm"),
};

const [, , name = "", ...words] = process.argv;
const command = commands[name];
if (!command) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await command(words);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

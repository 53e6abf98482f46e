// Import this first: goes on in the checkout's own Node. The first `npm run` on a machine starts scripts with the Node of the
// machine, because its shell found that one before Node 24 was installed.
import { spawn } from "node:child_process";
import { node } from "./root.mjs";

if (Number(process.versions.node.split(".")[0]) < 24) {
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit" });
  // Ctrl-C reaches the child from the terminal; anything else is passed on.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  await new Promise((resolve) => {
    child.on("exit", (code, signal) => {
      process.exitCode = signal ? 1 : code;
      resolve();
    });
  });
  process.exit();
}

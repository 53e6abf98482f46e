import { spawn } from "node:child_process";
import { once } from "node:events";
import { CliError, exitCodes } from "../errors.js";
import { print } from "../output/print.js";
import { connect, type ClusterOptions } from "./cluster.js";
import { COMPONENTS, forward, isComponent } from "./forward.js";

export type PortForwardOptions = ClusterOptions & { port?: string };

/** Holds a port of this machine open to a component until it is told to end. */
export async function portForward(component: string, options: PortForwardOptions): Promise<void> {
  if (!isComponent(component))
    throw new CliError(`there is no component ${component}`, {
      advice: `One of ${COMPONENTS.join(", ")}.`,
      exitCode: exitCodes.usage,
    });
  const port = portOf(options.port);
  const forwarded = await forward(connect(options), { component, ...(port !== undefined && { port }) });
  print(`${component}: ${forwarded.url}`);
  await ended();
  forwarded.close();
}

/** The page in a browser; the link is printed too, for machines without one. */
export async function open(options: PortForwardOptions): Promise<void> {
  const port = portOf(options.port);
  const forwarded = await forward(connect(options), { component: "gui", ...(port !== undefined && { port }) });
  print(`${forwarded.url}  (Ctrl-C ends it)`);
  const program = process.platform === "darwin" ? "open" : "xdg-open";
  // Where there is no browser the link is all there is.
  spawn(program, [forwarded.url], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
  await ended();
  forwarded.close();
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new CliError(`${text} is no port`, { advice: "A number from 1 to 65535.", exitCode: exitCodes.usage });
}

function ended(): Promise<unknown> {
  return Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}

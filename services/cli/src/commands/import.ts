import { stat } from "node:fs/promises";
import { dataDirectory } from "../paths.js";
import type { GlobalOptions } from "../context.js";
import { CliError, errorText } from "../errors.js";
import { printJson, say } from "../output/print.js";
import { progress } from "../output/progress.js";
import { bytes, count } from "../output/units.js";
import { sendRecording } from "../recording/send.js";
import { ensureStack } from "./up.js";

export interface ImportOptions extends GlobalOptions {
  server?: string;
  json?: boolean;
}

/** Sends a recording to an ingester as the process itself would have done. Importing it again changes nothing. */
export async function importFile(file: string, options: ImportOptions): Promise<void> {
  const size = await sizeOf(file);
  const server = options.server ?? (await ensureStack(dataDirectory(options.data))).urls.grpc;
  const bar = progress(`importing ${file}`, size, "bytes");
  const started = Date.now();
  const result = await sendRecording(server, file, (read) => bar.update(read)).finally(() => bar.done());
  const process = result.hello.process.toString(16).padStart(16, "0");
  if (options.json === true) printJson({ process, blocks: result.blocks, bytes: size, tornBytes: result.tornBytes });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  say(
    `process ${process} (${result.hello.executable}): ${count(result.blocks)} blocks, ${bytes(size)} in ${seconds} s`,
  );
  if (result.tornBytes > 0) say(`the last message was cut off: ${bytes(result.tornBytes)} left out, as after a kill`);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw new CliError(`${file} cannot be read: ${errorText(cause)}`, {
      advice: "Name a file made by run --output.",
      cause,
    });
  }
}

import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ApiClient } from "../api/client.js";
import { withProcess, type ReaderOptions } from "../context.js";
import { CliError, exitCodes } from "../errors.js";
import { print, printJson, say } from "../output/print.js";
import { progress } from "../output/progress.js";
import { bytes } from "../output/units.js";

export const exportFormats = ["heaptrack", "json", "pprof", "folded", "svg"] as const;

export interface ExportOptions extends ReaderOptions {
  output?: string;
  json?: boolean;
  compression?: string;
  measure?: string;
  weight?: string;
  filter?: string;
  from?: string;
  to?: string;
}

/** Downloads an export into a file, or to standard output with `-o -`. A cut download leaves no file behind. */
export async function exportProcess(format: string, process: string, options: ExportOptions): Promise<void> {
  if (!exportFormats.some((each) => each === format)) {
    throw new CliError(`there is no export format "${format}"`, {
      advice: `Formats: ${exportFormats.join(", ")}.`,
      exitCode: exitCodes.usage,
    });
  }
  await withProcess(process, options, (api, path) =>
    fetchExport(api, `${path}/export/${format}`, `${process}.${format}`, options),
  );
}

async function fetchExport(api: ApiClient, path: string, usualName: string, options: ExportOptions): Promise<void> {
  const response = await api.open(path, {
    q: options.filter,
    from: options.from,
    to: options.to,
    measure: options.measure,
    weight: options.weight,
    compression: options.compression ?? compressionFor(options.output),
  });
  if (response.body === null) throw new CliError("the API sent an empty answer", { advice: "Its log says why." });
  const body = Readable.fromWeb(response.body);
  if (options.output === "-") return pipeline(body, process.stdout, { end: false });
  const file = options.output ?? suggestedName(response) ?? usualName;
  const size = await download(body, file);
  if (options.json === true) printJson({ file, bytes: size });
  else print(`${file}: ${bytes(size)}`);
}

/** Heaptrack's readers look at nothing but the file's name, so the name decides. */
function compressionFor(file: string | undefined): string | undefined {
  if (file === undefined || file === "-") return undefined;
  if (file.endsWith(".zst")) return "zstd";
  return file.endsWith(".gz") ? "gzip" : "none";
}

function suggestedName(response: Response): string | undefined {
  const name = /filename="?([^";]+)/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  // A server must not choose a folder.
  return name?.replaceAll("/", "_");
}

async function download(body: Readable, file: string): Promise<number> {
  const part = `${file}.part`;
  const bar = progress(`exporting ${file}`, 0, "bytes");
  let received = 0;
  const counter = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      received += chunk.length;
      bar.update(received);
      done(null, chunk);
    },
  });
  try {
    await pipeline(body, counter, createWriteStream(part));
    await rename(part, file);
  } catch (cause) {
    await rm(part, { force: true });
    say("");
    throw new CliError(`the export broke off after ${bytes(received)}`, { advice: "The API's log says why.", cause });
  } finally {
    bar.done();
  }
  return (await stat(file)).size;
}

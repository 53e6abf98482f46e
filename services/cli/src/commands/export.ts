import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { answerOf, given, type Api, type Query } from "../api/client.js";
import { exportFormats, isOneOf } from "../api/values.js";
import { withProcess, type ReaderOptions } from "../context.js";
import { CliError, exitCodes } from "../errors.js";
import { print, printJson, say } from "../output/print.js";
import { progress } from "../output/progress.js";
import { bytes } from "../output/units.js";

type Window = Pick<Query<"download">, "compression" | "measure" | "weight" | "from" | "to">;

export interface ExportOptions extends ReaderOptions, Window {
  output?: string;
  json?: boolean;
  filter?: string;
}

/** Downloads an export into a file, or to standard output with `-o -`. A cut download leaves no file behind. */
export async function exportProcess(format: string, process: string, options: ExportOptions): Promise<void> {
  if (!isOneOf(exportFormats, format)) {
    throw new CliError(`there is no export format "${format}"`, {
      advice: `Formats: ${exportFormats.join(", ")}.`,
      exitCode: exitCodes.usage,
    });
  }
  await withProcess(process, options, (api, key) =>
    fetchExport(api, { process: key, format }, `${process}.${format}`, options),
  );
}

interface Target {
  process: string;
  format: (typeof exportFormats)[number];
}

async function fetchExport(api: Api, path: Target, usualName: string, options: ExportOptions): Promise<void> {
  const { filter: q, from, to, measure, weight, compression = compressionFor(options.output) } = options;
  const params = { path, query: given({ q, from, to, measure, weight, compression }) };
  const asked = api.GET("/api/v1/processes/{process}/export/{format}", { params, parseAs: "stream" });
  const body = Readable.fromWeb(await answerOf(asked));
  const { response } = await asked;
  if (options.output === "-") return pipeline(body, process.stdout, { end: false });
  const file = options.output ?? suggestedName(response) ?? usualName;
  const size = await download(body, file);
  if (options.json === true) printJson({ file, bytes: size });
  else print(`${file}: ${bytes(size)}`);
}

/** Heaptrack's readers look at nothing but the file's name, so the name decides. */
function compressionFor(file: string | undefined): ExportOptions["compression"] {
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

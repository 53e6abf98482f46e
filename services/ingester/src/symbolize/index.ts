import { errorMessage, retry } from "@heaphound/service-kit";
import { readSymbolsConfig, type SymbolsConfig } from "../binaries/config.js";
import { Debuginfod } from "../binaries/debuginfod.js";
import { FileCache } from "../binaries/file-cache.js";
import { BinaryFinder } from "../binaries/finder.js";
import { Uploads } from "../binaries/uploads.js";
import type { NewModule, StoredFrame, Symbols, SymbolsContext } from "../symbols.js";
import { FrameQueue } from "./frame-queue.js";
import { SymbolMetrics } from "./metrics.js";
import { SymbolStore } from "./symbol-store.js";
import { Symbolizer } from "./symbolizer.js";
import { SymbolizerProcess } from "./symbolizer-process.js";
import { SymbolWorker } from "./worker.js";

const QUEUE_FRAMES = 200_000;

/** Puts the parts of symbols and binaries together. */
export async function startSymbols(context: SymbolsContext): Promise<Symbols> {
  const { client, log } = context;
  const config = readSymbolsConfig(context.environment);
  const cache = await FileCache.open(config.directory, config.maxTotalBytes);
  const finder = createFinder(config, cache, context);
  const uploads = new Uploads(cache, config.maxBinaryBytes);
  const queue = new FrameQueue(QUEUE_FRAMES);
  const metrics = new SymbolMetrics(context.metrics, () => queue.size);
  const process = new SymbolizerProcess({
    program: config.symbolizer,
    timeoutMs: config.symbolizerTimeoutMs,
    memoryBytes: config.symbolizerMemoryBytes,
  });
  const symbolizer = new Symbolizer({ finder, process, log, onCrash: () => metrics.crashes.inc() });
  const worker = new SymbolWorker({ queue, symbolizer, store: new SymbolStore(client), metrics, log });
  worker.start();
  return {
    framesStored: (frames: readonly StoredFrame[]) => {
      metrics.queueDropped.inc(queue.add(frames));
      worker.notify();
    },
    wanted: async (module: NewModule, uploader) =>
      !(await finder.has(module.buildId, module.path)) && uploads.ask(module.buildId, module.fileSize, uploader),
    receive: async (chunk, uploader) => {
      const buildId = Buffer.from(chunk.buildId).toString("hex");
      try {
        const complete = await uploads.receive({ ...chunk, buildId }, uploader);
        if (!complete) return;
        metrics.uploads.inc({ result: "stored" });
        // Beside the stream: the search may have to wait for the database.
        void retry(() => worker.fileArrived(buildId), { retryable: () => true, attempts: 5 }).catch((error: unknown) =>
          log.warn({ buildId, reason: errorMessage(error) }, "could not look for frames of an uploaded binary"),
        );
      } catch (error) {
        metrics.uploads.inc({ result: "refused" });
        throw error;
      }
    },
    streamEnded: (uploader) => {
      uploads
        .abandon(uploader)
        .catch((error: unknown) => log.warn({ reason: errorMessage(error) }, "could not remove an unfinished upload"));
    },
    stop: async () => {
      await worker.stop();
      process.stop();
    },
  };
}

function createFinder(config: SymbolsConfig, cache: FileCache, { log }: SymbolsContext): BinaryFinder {
  const debuginfod = new Debuginfod({ urls: config.debuginfodUrls, cache, maxBytes: config.maxBinaryBytes, log });
  return new BinaryFinder({ local: config.local, debugDirs: config.debugDirs, cache, debuginfod, log });
}

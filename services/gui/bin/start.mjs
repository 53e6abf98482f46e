#!/usr/bin/env node
// Starts the GUI: HEAPHOUND_LISTEN (host:port, default 127.0.0.1:7413, port 0 = any free one), HEAPHOUND_API_URL (default
// http://127.0.0.1:7412). Prints one JSON line when it listens; SIGTERM and SIGINT end it within 10 s.
import { loadConfig } from "../src/server/config.mjs";
import { startGui } from "../src/server/server.mjs";

/** @param {string} level @param {Record<string, unknown>} fields @param {string} msg */
const log = (level, fields, msg) => {
  process.stdout.write(
    `${JSON.stringify({ level, time: new Date().toISOString(), service: "gui", ...fields, msg })}\n`,
  );
};

try {
  const gui = await startGui(loadConfig(process.env));
  log("info", { url: gui.url }, "listening");
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), 10_000).unref();
    gui.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
} catch (error) {
  log("error", { error: error instanceof Error ? error.message : String(error) }, "the GUI did not start");
  process.exit(1);
}

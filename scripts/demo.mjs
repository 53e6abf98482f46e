// npm run demo: starts all parts on the embedded ClickHouse, profiles a redis-server at work, prints where to look, and goes on
// until Ctrl-C. --once (or HEAPHOUND_DEMO_EXIT=1) ends after it has checked that the recording can be read; --data DIR.
import "./lib/node24.mjs";
import { demo } from "./demo/demo.mjs";

const words = process.argv.slice(2);
const at = words.indexOf("--data");
const once = words.includes("--once") || process.env.HEAPHOUND_DEMO_EXIT === "1";

try {
  await demo({ dataDir: at < 0 ? undefined : words[at + 1], once });
} catch (error) {
  process.stderr.write(`demo: ${error.message}\n${error.advice ?? ""}\n`);
  process.exitCode = 1;
}

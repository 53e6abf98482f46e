import { parseArgs } from "node:util";
import { createClickHouseClient, formatProcessKey } from "@heaphound/service-kit";
import { exampleRecordings } from "./recordings.js";
import { storeRecording } from "./store.js";

/** `node dist/test-support/seed.js --url http://127.0.0.1:7414 --allocations 200000 [--database heaphound]` */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: "string", default: "http://127.0.0.1:7414" },
      database: { type: "string", default: "heaphound" },
      allocations: { type: "string", default: "200000" },
    },
  });
  const client = createClickHouseClient({ url: values.url, service: "seed", database: values.database });
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  for (const recording of exampleRecordings(Number(values.allocations), nowNs)) {
    await storeRecording(client, recording);
    const key = formatProcessKey(BigInt(recording.process));
    process.stdout.write(`${key} ${recording.labels.executable} ${recording.events.count} allocations\n`);
  }
  await client.close();
}

await main();

import { parseArgs } from "node:util";
import { createClickHouseClient, formatProcessKey } from "@heaphound/service-kit";
import { fleetRecordings } from "./fleet.js";
import { exampleRecordings } from "./recordings.js";
import { storeRecording } from "./store.js";

/** `node dist/test-support/seed.js --url http://127.0.0.1:7414 --allocations 200000 [--database heaphound] [--fleet]` */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: "string", default: "http://127.0.0.1:7414" },
      database: { type: "string", default: "heaphound" },
      allocations: { type: "string", default: "200000" },
      fleet: { type: "boolean", default: false },
    },
  });
  const client = createClickHouseClient({ url: values.url, service: "seed", database: values.database });
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const recordings = values.fleet ? fleetRecordings(nowNs) : exampleRecordings(Number(values.allocations), nowNs);
  for (const recording of recordings) {
    await storeRecording(client, recording);
    const key = formatProcessKey(BigInt(recording.process));
    process.stdout.write(`${key} ${recording.labels.executable} ${recording.events.count} allocations\n`);
  }
  await client.close();
}

await main();

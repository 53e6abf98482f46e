import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { choosePorts, preferredPorts } from "./ports.js";

it("chooses distinct ports, another one where the preferred one is taken", async () => {
  const server = createServer().listen(preferredPorts.api, "127.0.0.1");
  // When somebody else has that port already, it is taken just as well.
  await once(server, "listening").catch(() => undefined);
  const ports = await choosePorts("preferred");
  server.close();
  expect(ports.api).not.toBe(preferredPorts.api);
  expect(new Set(Object.values(ports)).size).toBe(5);
});

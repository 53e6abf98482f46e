import { ClickHouseError } from "@clickhouse/client";
import { createServer } from "node:net";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { createClickHouseClient } from "./clickhouse.js";
import { classifyClickHouseError } from "./clickhouse-errors.js";

function serverError(code: number): ClickHouseError {
  return new ClickHouseError({ code: String(code), message: "m", type: "T" });
}

describe("classifyClickHouseError", () => {
  it("tells apart what may succeed later, what hit a limit, and what is wrong", () => {
    expect(classifyClickHouseError(serverError(252))).toBe("retry");
    expect(classifyClickHouseError(serverError(159))).toBe("limit");
    expect(classifyClickHouseError(serverError(62))).toBe("fatal");
    expect(classifyClickHouseError(new Error("a bug"))).toBe("fatal");
  });

  it("retries when nobody listens", async () => {
    const client = createClickHouseClient({ url: "http://127.0.0.1:1", service: "test" });
    const error: unknown = await client.query({ query: "SELECT 1" }).catch((thrown: unknown) => thrown);
    expect(classifyClickHouseError(error)).toBe("retry");
    await client.close();
  });

  it("retries when the server hangs up in the middle", async () => {
    const server = createServer((socket) => socket.once("data", () => socket.destroy())).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const client = createClickHouseClient({ url: `http://127.0.0.1:${port}`, service: "test" });
    const error: unknown = await client.query({ query: "SELECT 1" }).catch((thrown: unknown) => thrown);
    expect(classifyClickHouseError(error)).toBe("retry");
    await client.close();
    server.close();
  });

  it("does not retry what its caller gave up", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const client = createClickHouseClient({ url: `http://127.0.0.1:${port}`, service: "test" });
    const leave = new AbortController();
    server.once("connection", () => leave.abort());
    const error: unknown = await client
      .query({ query: "SELECT 1", abort_signal: leave.signal })
      .catch((thrown: unknown) => thrown);
    expect(classifyClickHouseError(error)).toBe("fatal");
    await client.close();
    server.close();
  });
});

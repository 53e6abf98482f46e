import { get } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiError, FieldList, ProcessDetail, ProcessList, ProcessSettings, QuestionCheck } from "@heaphound/query";
import { createClickHouseClient } from "@heaphound/service-kit";
import { makeRecording } from "./test-support/recordings.js";
import { startTestApi, type TestApi } from "./test-support/test-api.js";

const START = 1_750_000_000_000_000_000n;

function recordingOf(index: number, name: string, pod: string, isRunning: boolean): ReturnType<typeof makeRecording> {
  return makeRecording({
    process: String(0xabcd_0000_0000_0000n + BigInt(index)),
    seed: index,
    allocations: 200 * (index + 1),
    stacks: 20,
    durationNs: 2_000_000_000,
    startedNs: START + BigInt(index) * 1_000_000_000n,
    isRunning,
    labels: {
      executable: `/usr/bin/${name}`,
      arguments: [name, `--instance=${index}`],
      pid: 100 + index,
      hostname: "node-1",
      namespace: pod === "" ? "" : "shop",
      workload: pod === "" ? "" : "cart",
      pod,
      container: pod === "" ? "" : "app",
    },
  });
}

const recordings = [
  recordingOf(0, "redis-server", "", false),
  recordingOf(1, "cart", "cart-0", false),
  recordingOf(2, "cart", "cart-0", true),
  recordingOf(3, "sqlite3", "", true),
];
const keys = recordings.map(({ process }) => BigInt(process).toString(16).padStart(16, "0"));

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi(recordings);
}, 120_000);
afterAll(() => api.stop());

async function errorOf(response: Response): Promise<ApiError["error"] & { status: number }> {
  const { error } = (await response.json()) as ApiError;
  return { ...error, status: response.status };
}

describe("list of processes", () => {
  const listed = async (query: Record<string, string>): Promise<string[]> => {
    const list = await api.json<ProcessList>("processes", query);
    expect(list.total).toBeGreaterThanOrEqual(list.processes.length);
    return list.processes.map(({ process }) => process);
  };

  it.each([
    [{}, [3, 2, 1, 0]],
    [{ order: "asc" }, [0, 1, 2, 3]],
    [{ sort: "name", order: "asc" }, [1, 2, 0, 3]],
    [{ sort: "allocations" }, [3, 2, 1, 0]],
    [{ search: "CART" }, [2, 1]],
    [{ search: "--instance=3" }, [3]],
    [{ search: keys[0]!.slice(4) }, [0]],
    [{ q: "running" }, [3, 2]],
    [{ q: 'pod = "cart-0" and not running' }, [1]],
    [{ q: 'name ~ "^(redis|sqlite)" or pid = 101', order: "asc" }, [0, 1, 3]],
    [{ q: 'arguments ~ "instance=[01]"', order: "asc" }, [0, 1]],
    [{ limit: "2", offset: "1" }, [2, 1]],
  ])("%j gives %j", async (query, expected) => {
    expect(await listed(query as Record<string, string>)).toEqual(expected.map((index) => keys[index]));
  });

  it("has the totals of the sender's blocks", async () => {
    const { processes, total } = await api.json<ProcessList>("processes", { limit: "1" });
    const { blocks, events } = recordings[3]!;
    const last = blocks.at(-1)!;
    expect(total).toBe(4);
    expect(processes[0]).toMatchObject({
      name: "sqlite3",
      running: true,
      allocations: events.count,
      liveBytes: last.liveBytes,
      liveAllocations: last.liveAllocations,
      peakLiveBytes: Math.max(...blocks.map(({ peakLiveBytes }) => peakLiveBytes)),
      revision: last.block,
      durationNs: last.endNs,
      parentProcess: null,
    });
  });

  it("refuses questions about allocations, with what can be asked", async () => {
    const error = await errorOf(await api.get("processes", { q: "size > 1KiB" }));
    expect(error).toMatchObject({ status: 400, code: "unanswerable_question" });
    expect(error.advice).toContain("namespace");
  });
});

describe("naming a process", () => {
  it.each([
    ["latest", 3],
    [keys[1]!, 1],
    [keys[0]!.toUpperCase(), 0],
    ["cart-0", 2],
  ])("%s", async (reference, index) => {
    expect((await api.json<ProcessDetail>(`processes/${reference}`)).process).toBe(keys[index]);
  });

  it("by a prefix that several have is refused, with examples", async () => {
    const error = await errorOf(await api.get("processes/abcd"));
    expect(error).toMatchObject({ status: 404, code: "ambiguous_process" });
    expect(error.advice).toContain("(sqlite3)");
  });

  it.each(["processes/nobody", "processes/nobody/tree", "processes/ffff/export/json", "live?process=nobody"])(
    "that does not exist is a 404 with what exists: %s",
    async (path) => {
      const error = await errorOf(await fetch(`${api.url}/api/v1/${path}`));
      expect(error).toMatchObject({ status: 404, code: "unknown_process" });
      expect(error.advice).toContain(keys[3]);
      expect(error.requestId).not.toBe("");
    },
  );

  it("tells everything about it", async () => {
    const detail = await api.json<ProcessDetail>(`processes/${keys[2]}`);
    const withoutStack = recordings[2]!.events.stack.filter((stack) => stack === 0).length;
    expect(detail.threads).toHaveLength(4);
    expect(detail.threads[1]).toEqual({ thread: 2, tid: 4712, name: "worker-1" });
    expect(detail.modules.map(({ symbolized }) => symbolized)).toEqual([1, 1, 1, 0]);
    expect(detail.notes.join()).toContain("libopaque.so");
    expect(detail.losses.map(({ kind, count }) => [kind, count])).toEqual(
      withoutStack > 0 ? [["no_stack", withoutStack]] : [],
    );
    expect(detail.stacks).toBe(recordings[2]!.program.stacks.length);
  });
});

describe("what is asked wrongly", () => {
  it.each([
    ["processes/latest/tree", { q: "siz > 1" }, "bad_question", "Did you mean size"],
    ["processes/latest/tree", { q: 'function ~ "(a"' }, "bad_question", "backslash"],
    ["processes/latest/tree", { measure: "live", at: "yesterday" }, "bad_parameters", "/docs"],
    ["processes/latest/tree", { mesure: "live" }, "bad_parameters", "measure"],
    ["processes/latest/tree", { limit: "1000000000" }, "bad_parameters", ""],
    ["processes/latest/groups", { measure: "freed", from: "2s", to: "1s" }, "bad_parameters", "earlier"],
    ["processes/latest/timeline", { points: "0" }, "bad_parameters", ""],
    ["processes/latest/allocations", { after: "1;DROP" }, "bad_parameters", "next"],
    ["processes/latest/tree", { q: `function ~ "${"a".repeat(2000)}"` }, "bad_question", "backslash"],
    ["processes/latest/tree", { q: 'function ~ "(?P<1>a)"' }, "bad_", ""],
    ["processes/latest/tree", { q: "leaked or ".repeat(1000) + "leaked" }, "bad_question", "4096"],
  ])("%s %o is a 400 with advice", async (path, query, code, advice) => {
    const error = await errorOf(await api.get(path, query));
    expect(error.status).toBe(400);
    expect(error.code).toContain(code);
    expect(error.advice).toContain(advice);
    expect(error.advice).not.toBe("");
  });

  it("texts of a question never become SQL", async () => {
    const q = `function = "x') OR 1=1 --" or pod = "{p0:String}"`;
    expect(await api.json("processes/latest/groups", { q, measure: "allocated" })).toMatchObject({ totalStacks: 0 });
  });

  it("checks questions without running them", async () => {
    const check = async (q: string): Promise<QuestionCheck> => {
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ q }) };
      return (await (await fetch(`${api.url}/api/v1/question/check`, init)).json()) as QuestionCheck;
    };
    expect(await check("size>=1024 AND leaked")).toEqual({ ok: true, canonical: "size >= 1KiB and leaked" });
    expect(await check("size >")).toMatchObject({
      ok: false,
      error: { position: 6, message: "the question ends too early" },
    });
    const { fields } = await api.json<FieldList>("fields");
    expect(fields.find(({ name }) => name === "lifetime")).toMatchObject({
      type: "duration",
      operators: expect.arrayContaining(["between"]) as unknown,
    });
  });
});

describe("guards", () => {
  it("asks for the token where one is set", async () => {
    const url = await api.another({ HEAPHOUND_API_TOKEN: "sixteen-characters" });
    const get = (path: string, token?: string): Promise<Response> =>
      fetch(`${url}${path}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
    expect((await get("/api/v1/processes")).status).toBe(401);
    expect((await get("/api/v1/processes", "sixteen-characterz")).status).toBe(401);
    expect((await get("/api/v1/processes", "sixteen-characters")).status).toBe(200);
    expect((await get("/readyz")).status).toBe(200);
  });

  it("refuses more requests at a time than allowed, and answers again after", async () => {
    const url = await api.another({ HEAPHOUND_API_MAX_REQUESTS: "2" });
    const burst = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/api/v1/processes/latest/tree`)));
    const statuses = burst.map(({ status }) => status);
    expect(statuses).toContain(200);
    expect(statuses).toContain(503);
    await Promise.all(burst.map((response) => response.arrayBuffer()));
    expect((await fetch(`${url}/api/v1/processes`)).status).toBe(200);
  });

  it("lets no other origin read answers", async () => {
    const response = await fetch(`${api.url}/api/v1/processes`, { headers: { origin: "https://example.org" } });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(response.headers.get("x-powered-by")).toBeNull();
  });

  it("a database that is away is a 503 with advice, and the service is not ready", async () => {
    const client = createClickHouseClient({ url: "http://127.0.0.1:1", service: "api" });
    const url = await api.another({}, { client });
    const error = await errorOf(await fetch(`${url}/api/v1/processes`));
    expect(error).toMatchObject({ status: 503, code: "database_unavailable" });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await client.close();
  });

  it("a question that takes too long says how to ask less", async () => {
    const client = createClickHouseClient({
      url: api.clickHouseUrl,
      service: "api",
      database: "heaphound",
      settings: { max_rows_to_read: "10" },
    });
    const url = await api.another({}, { client });
    const error = await errorOf(await fetch(`${url}/api/v1/processes/latest/tree?measure=allocated`));
    expect(error).toMatchObject({ status: 422, code: "question_too_wide" });
    expect(error.advice).toContain("Narrow");
    await client.close();
  });
});

describe("live updates", () => {
  it("tell how things stand, and then what changes", async () => {
    const controller = new AbortController();
    const response = await fetch(`${api.url}/api/v1/live?process=latest`, { signal: controller.signal });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const updates = readEvents(response);
    const revision = recordings[3]!.blocks.at(-1)!.block;
    expect(await next(updates)).toMatchObject({ process: keys[3], revision, running: true });
    await api.client.insert({
      table: "blocks",
      values: [
        {
          process: recordings[3]!.process,
          block: revision + 1,
          start_ns: String(START),
          end_ns: String(START),
          live_bytes: 4711,
        },
      ],
      format: "JSONEachRow",
    });
    expect(await next(updates)).toEqual({ process: keys[3], revision: revision + 1, liveBytes: 4711, running: true });
    controller.abort();
  });
});

async function* readEvents(response: Response): AsyncGenerator {
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const data = /^data: (.+)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}

async function next(events: AsyncGenerator): Promise<unknown> {
  return (await events.next()).value;
}

describe("description", () => {
  it("names every route and every shape", async () => {
    const document = (await (await fetch(`${api.url}/docs-json`)).json()) as {
      paths: object;
      components: { schemas: object };
    };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        "/api/v1/processes/{process}/tree",
        "/api/v1/processes/{process}/export/{format}",
        "/api/v1/live",
      ]),
    );
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(["Tree", "ApiError", "Groups"]));
    expect((await fetch(`${api.url}/docs`)).status).toBe(200);
    expect((await fetch(`${api.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${api.url}/metrics`)).text()).toContain("heaphound_api_query_seconds_count{");
  });
});

describe("settings of a running process", () => {
  const change = (process: string, body: object): Promise<Response> =>
    fetch(`${api.url}/api/v1/processes/${process}/settings`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  it("are merged into one wish, of which the newest row is the whole", async () => {
    expect(await api.json<ProcessSettings>(`processes/${keys[2]}/settings`)).toEqual({
      process: keys[2],
      requestedUnixNs: null,
      mode: null,
      sampleBytes: null,
      cullMs: null,
      stop: false,
    });
    const first = await change(keys[2]!, { mode: "cull", cullMs: 5_000 });
    expect(first.status).toBe(202);
    const second = (await (await change(keys[2]!, { mode: "dormant" })).json()) as ProcessSettings;
    expect(second).toMatchObject({ mode: "dormant", cullMs: 5_000, sampleBytes: null, stop: false });
    const { requestedUnixNs } = (await first.json()) as ProcessSettings;
    expect(BigInt(second.requestedUnixNs!)).toBeGreaterThan(BigInt(requestedUnixNs!));
    expect(await api.json<ProcessSettings>(`processes/${keys[2]}/settings`)).toEqual(second);
  });

  it("say what is wrong with them", async () => {
    expect(await errorOf(await change(keys[2]!, { mode: "turbo" }))).toMatchObject({
      status: 400,
      code: "bad_parameters",
    });
    expect(await errorOf(await change(keys[2]!, { speed: 3 }))).toMatchObject({ status: 400 });
    expect(await errorOf(await change(keys[2]!, {}))).toMatchObject({ status: 400, code: "bad_parameters" });
    expect(await errorOf(await change(keys[0]!, { mode: "exact" }))).toMatchObject({
      status: 409,
      code: "process_ended",
    });
  });

  it("end with stop, which cannot be taken back", async () => {
    expect((await change(keys[3]!, { stop: true })).status).toBe(202);
    expect(await errorOf(await change(keys[3]!, { mode: "exact" }))).toMatchObject({
      status: 409,
      code: "recording_stopped",
    });
  });
});

describe("the address that is asked for", () => {
  const statusFor = (host: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(api.url);
      get({ hostname, port, path: "/api/v1/processes", headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      }).on("error", reject);
    });

  it("must be one of this machine: a name that was made to point here reads nothing", async () => {
    expect(await statusFor("localhost:80")).toBe(200);
    expect(await statusFor("[::1]:7412")).toBe(200);
    expect(await statusFor("rebound.example")).toBe(421);
    expect(await statusFor("127.0.0.1.rebound.example:7412")).toBe(421);
  });
});

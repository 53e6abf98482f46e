import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FleetGroups, FleetTimeline, FleetValues, LiveUpdate, ProcessList } from "@heaphound/query";
import type { Reviewer } from "@heaphound/identity";
import { makeRecording } from "../test-support/recordings.js";
import { startTestApi, type TestApi } from "../test-support/test-api.js";

const START = BigInt(Date.now()) * 1_000_000n - 60_000_000_000n;
const NAMESPACES = ["bank", "shop", ""];

const recordings = NAMESPACES.map((namespace, index) =>
  makeRecording({
    process: String(0xabcd_0000_0000_0000n + BigInt(index)),
    seed: index,
    allocations: 300,
    stacks: 20,
    durationNs: 2_000_000_000,
    startedNs: START + BigInt(index),
    isRunning: true,
    labels: {
      executable: "/usr/bin/web",
      arguments: ["web"],
      pid: index + 1,
      hostname: "node",
      namespace,
      workload: "",
      pod: namespace === "" ? "" : `${namespace}-0`,
      container: "",
    },
  }),
);
const keys = recordings.map(({ process }) => BigInt(process).toString(16));

/** jane may get the pods of shop, root those of all namespaces; integration/cluster asks a real API server. */
const reviewer: Reviewer = {
  review: (token) => {
    if (token === "away") return Promise.reject(new Error("ECONNREFUSED"));
    if (token === "expired") return Promise.resolve({ refused: "token has expired" });
    return Promise.resolve({ user: { name: token, groups: [], extra: {} } });
  },
  mayReadPods: ({ name, groups }, { namespace, verb }) =>
    Promise.resolve(
      name === "root" ||
        (verb === "get" && namespace === "shop" && name === "jane") ||
        (verb === "get" && namespace === "bank" && groups.includes("bankers")),
    ),
  workloadOfPod: () => Promise.resolve(""),
};

let api: TestApi;
let url = "";
beforeAll(async () => {
  api = await startTestApi(recordings);
  url = await api.another({ HEAPHOUND_READERS: "kubernetes" }, { reviewer });
}, 120_000);
afterAll(() => api.stop());

const as = (token: string | undefined, path: string, base = url): Promise<Response> =>
  fetch(`${base}/api/v1/${path}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

async function seen(response: Response): Promise<string[]> {
  expect(response.status).toBe(200);
  const { processes, total } = (await response.json()) as ProcessList;
  expect(total).toBe(processes.length);
  return processes.map(({ namespace }) => namespace).sort();
}

describe("readers with Kubernetes tokens", () => {
  it("see the namespaces whose pods they may get", async () => {
    expect(await seen(await as("jane", "processes"))).toEqual(["shop"]);
    expect(await seen(await as("root", "processes"))).toEqual(["", "bank", "shop"]);
    expect(await seen(await as("joe", "processes"))).toEqual([]);
  });
  it.each(["", "/tree", "/timeline", "/groups", "/allocations", "/leaks", "/export/json", "/export/heaptrack"])(
    "cannot open processes of others%s, nor learn that they exist",
    async (view) => {
      expect((await as("jane", `processes/${keys[1]}${view}`)).status).toBe(200);
      for (const reference of [keys[0], keys[2], "bank-0"]) {
        const answer = await as("jane", `processes/${reference}${view}`);
        const text = await answer.text();
        expect(answer.status).toBe(404);
        expect(text).not.toContain("may mean");
        for (const hidden of [keys[0]!, keys[2]!]) if (hidden !== reference) expect(text).not.toContain(hidden);
      }
    },
  );
  it("see only their own namespaces in views of the fleet", async () => {
    const from = "from=1999-01-01";
    const seenBy = async (token: string): Promise<string[]> => {
      const { values } = (await (await as(token, `fleet/values?field=namespace&${from}`)).json()) as FleetValues;
      const { groups } = (await (await as(token, `fleet/groups?by=namespace&${from}`)).json()) as FleetGroups;
      const { series } = (await (await as(token, `fleet/timeline?by=namespace&${from}`)).json()) as FleetTimeline;
      const named = groups.map(({ namespace }) => namespace).sort();
      expect(series.map(({ namespace }) => namespace).sort()).toEqual(named);
      expect(named.filter((namespace) => namespace !== "")).toEqual(values);
      return named;
    };
    expect(await seenBy("jane")).toEqual(["shop"]);
    expect(await seenBy("joe")).toEqual([]);
    expect(await seenBy("root")).toEqual(["", "bank", "shop"]);
  });
  it("mean by `latest` the newest that they may see", async () => {
    const answer = (await (await as("jane", "processes/latest")).json()) as { process: string };
    expect(answer.process).toBe(keys[1]);
  });
  it("hear live updates of their own namespaces only", async () => {
    const controller = new AbortController();
    const response = await fetch(`${url}/api/v1/live`, {
      headers: { authorization: "Bearer jane" },
      signal: controller.signal,
    });
    const first = await firstUpdate(response);
    expect(first.process).toBe(keys[1]); // those of bank sort before it
    expect(
      (await fetch(`${url}/api/v1/live?process=${keys[0]}`, { headers: { authorization: "Bearer jane" } })).status,
    ).toBe(404);
    controller.abort();
  });
  it("are turned away without a good token", async () => {
    expect((await as(undefined, "processes")).status).toBe(401);
    const expired = await as("expired", "processes");
    expect(expired.status).toBe(401);
    expect(await expired.text()).toContain("token has expired");
    expect((await as("away", "processes")).status).toBe(503);
  });
});

describe("readers behind a proxy", () => {
  const secret = "a-secret-of-the-proxy";
  const ask = async (headers: Record<string, string>): Promise<Response> => {
    const base = await api.another({ HEAPHOUND_READERS: "proxy", HEAPHOUND_PROXY_SECRET: secret }, { reviewer });
    return fetch(`${base}/api/v1/processes`, { headers });
  };
  it("are who the proxy says", async () => {
    const proved = { "x-heaphound-proxy-secret": secret, "x-forwarded-user": "joe" };
    expect(await seen(await ask({ ...proved, "x-forwarded-groups": "staff,bankers" }))).toEqual(["bank"]);
  });
  it("are nobody when the request does not come through it", async () => {
    expect((await ask({ "x-forwarded-user": "root" })).status).toBe(401);
    expect((await ask({ "x-heaphound-proxy-secret": "guess", "x-forwarded-user": "root" })).status).toBe(401);
    expect((await ask({ "x-heaphound-proxy-secret": secret })).status).toBe(401);
  });
});

describe("readers who sign in by the page", () => {
  const signIn = (token: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ token }),
    });
  const cookieOf = (answer: Response): string => answer.headers.get("set-cookie") ?? "";
  interface Init {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
  }
  const withCookie = (cookie: string, path: string, init: Init = {}): Promise<Response> =>
    fetch(`${url}/api/v1/${path}`, { ...init, headers: { cookie: cookie.split(";")[0] ?? "", ...init.headers } });

  it("get a cookie that scripts cannot read and other sites cannot use, and see what is theirs", async () => {
    const answer = await signIn(" jane\n");
    expect(answer.status).toBe(204);
    expect(cookieOf(answer)).toBe("heaphound_token=jane; Path=/api; HttpOnly; SameSite=Strict");
    expect(cookieOf(await signIn("jane", { "x-forwarded-proto": "https" }))).toMatch(/; Secure$/);
    expect(await seen(await withCookie(cookieOf(answer), "processes"))).toEqual(["shop"]);
    expect(await (await withCookie(cookieOf(answer), "reader")).json()).toEqual({
      mode: "kubernetes",
      name: "jane",
      namespaces: ["shop"],
      canSignOut: true,
    });
  });
  it("lose it when they sign out", async () => {
    const answer = await withCookie(cookieOf(await signIn("jane")), "session", { method: "DELETE" });
    expect(answer.status).toBe(204);
    expect(cookieOf(answer)).toMatch(/^heaphound_token=; Max-Age=0; /);
  });
  it("are told what is wrong with their token", async () => {
    const refused = await signIn("expired");
    expect(refused.status).toBe(401);
    expect(cookieOf(refused)).toBe("");
    expect(await refused.text()).toMatch(/The token has expired .*kubectl create token/);
    expect((await signIn("away")).status).toBe(503);
    expect((await signIn("two words")).status).toBe(400);
    expect((await signIn("x".repeat(5000))).status).toBe(400);
    expect((await signIn("")).status).toBe(400);
  });
  it("are told by an empty list that they may see nothing", async () => {
    const answer = await withCookie(cookieOf(await signIn("joe")), "reader");
    expect(await answer.json()).toMatchObject({ name: "joe", namespaces: [] });
    expect(await (await as("root", "reader")).json()).toMatchObject({ namespaces: null, canSignOut: false });
  });
  it("do nothing for a page of another site", async () => {
    const cookie = cookieOf(await signIn("jane"));
    const init = {
      method: "POST",
      headers: { "sec-fetch-site": "cross-site", "content-type": "application/json" },
      body: '{"mode":"dormant"}',
    };
    expect((await withCookie(cookie, `processes/${keys[1]}/settings`, init)).status).toBe(403);
    expect((await signIn("jane", { "sec-fetch-site": "cross-site" })).status).toBe(403);
  });
  it("learn how to sign in before they have", async () => {
    expect(await (await as(undefined, "session")).json()).toEqual({ mode: "kubernetes" });
    expect((await as(undefined, "reader")).status).toBe(401);
    expect(await (await as(undefined, "reader", api.url)).json()).toMatchObject({ mode: "none", name: null });
    const own = await api.another({ HEAPHOUND_API_TOKEN: "sixteen-characters" });
    const post = (token: string): Promise<Response> =>
      fetch(`${own}/api/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token }),
      });
    expect((await post("wrong-characters")).status).toBe(401);
    expect((await withCookieAt(own, cookieOf(await post("sixteen-characters")))).status).toBe(200);
  });
  const withCookieAt = (base: string, cookie: string): Promise<Response> =>
    fetch(`${base}/api/v1/processes`, { headers: { cookie: cookie.split(";")[0] ?? "" } });
});

async function firstUpdate(response: Response): Promise<LiveUpdate> {
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const data = /^data: (\{.+)$/m.exec(text)?.[1];
    if (data !== undefined && text.includes("\n\n")) return JSON.parse(data) as LiveUpdate;
  }
  throw new Error("the stream ended");
}

import { Agent, request } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import jsonPatch from "fast-json-patch";
import { DEFAULT_SETTINGS } from "@heaphound/injection";
import { silentLogger } from "@heaphound/service-kit";
import { createAuthority, issue } from "../certificates/issue.js";
import { answerReview, type AdmissionResponse, type ReviewContext, type ReviewResult } from "./review.js";
import { WebhookServer } from "./server.js";

const HOST = "heaphound-injector.heaphound.svc";
const context: ReviewContext = {
  settings: () => ({ ...DEFAULT_SETTINGS, image: "init@sha256:1", server: "https://ingester:7411" }),
  namespaceOf: (name) => ({ name, labels: { "heaphound.io/inject": name === "opted-in" ? "true" : "false" } }),
  quarantineOf: (_namespace, pod) => {
    if (pod.metadata?.name === "broken") throw new Error("the cache is gone");
    return undefined;
  },
};
const results: ReviewResult[] = [];
const rejected: string[] = [];
let server: WebhookServer;
let port = 0;
let ca = "";

beforeAll(async () => {
  const authority = await createAuthority("test", new Date(), 1);
  ca = authority.certificate;
  server = new WebhookServer(
    {
      log: silentLogger(),
      answer: (body) => answerReview(body, context),
      onResult: (result) => results.push(result),
      onRejected: (reason) => rejected.push(reason),
    },
    await issue(authority, [HOST], new Date(), 1),
  );
  port = await server.listen("127.0.0.1", 0);
});
afterAll(() => {
  kept.destroy();
  return server.close();
});

/** As the API server does: connections are used again. */
const kept = new Agent({ keepAlive: true });

interface Answer {
  status: number;
  body: string;
}

function post(body: string, path = "/mutate", method = "POST", agent = kept): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, servername: HOST, ca, path, method, agent }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    call.on("error", reject);
    call.end(body);
  });
}

const pod = { metadata: { name: "web" }, spec: { containers: [{ name: "app", futureField: { kept: true } }] } };

function review(over: Record<string, unknown> = {}): string {
  return JSON.stringify({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "u-1",
      namespace: "opted-in",
      operation: "CREATE",
      kind: { group: "", version: "v1", kind: "Pod" },
      object: pod,
      ...over,
    },
  });
}

async function reviewed(over: Record<string, unknown> = {}): Promise<AdmissionResponse["response"]> {
  const { status, body } = await post(review(over));
  expect(status).toBe(200);
  return (JSON.parse(body) as AdmissionResponse).response;
}

describe("the webhook over HTTPS", () => {
  it("patches a pod of a namespace that asked for it, unknown fields survive", async () => {
    const response = await reviewed();
    expect(response).toMatchObject({
      uid: "u-1",
      allowed: true,
      patchType: "JSONPatch",
      auditAnnotations: { reason: "injected" },
    });
    const operations = JSON.parse(Buffer.from(response.patch ?? "", "base64").toString()) as jsonPatch.Operation[];
    const patched = jsonPatch.applyPatch(structuredClone(pod), operations, true).newDocument;
    expect(patched).toMatchObject({
      spec: { initContainers: [{ name: "heaphound-init" }], containers: [pod.spec.containers[0]] },
    });
  });
  it("leaves a pod alone that nobody asked for, in silence", async () => {
    expect(await reviewed({ namespace: "other" })).toEqual({ uid: "u-1", allowed: true });
    expect(results.at(-1)?.findings).toEqual([{ code: "namespace_opted_out" }]);
  });
  it.each([
    ["an update", { operation: "UPDATE" }],
    ["another kind", { kind: { group: "apps", kind: "Deployment" } }],
    ["an ephemeral container", { subResource: "ephemeralcontainers" }],
  ])("leaves %s alone", async (_title, over) => {
    expect(await reviewed(over)).toEqual({ uid: "u-1", allowed: true });
  });
  it("lets a pod pass when it fails itself, and says so", async () => {
    const response = await reviewed({ object: { ...pod, metadata: { name: "broken" } } });
    expect(response).toMatchObject({ allowed: true, auditAnnotations: { reason: "injector_error" } });
    expect(response.patch).toBeUndefined();
    expect(response.warnings?.[0]).toContain("the cache is gone");
  });
  it("lets a pod pass whose lists are no lists", async () => {
    const response = await reviewed({ object: { spec: { containers: "none", initContainers: 5 } } });
    expect(response.allowed).toBe(true);
    expect(response.patch).toBeUndefined();
  });
  it("knows a dry run", async () => {
    await reviewed({ dryRun: true });
    expect(results.at(-1)?.dryRun).toBe(true);
  });
  it("refuses what is no review", async () => {
    rejected.length = 0;
    expect((await post("{")).status).toBe(400);
    expect((await post("{}")).status).toBe(400);
    expect((await post("", "/", "GET")).status).toBe(404);
    expect(rejected).toEqual(["json", "review", "method"]);
  });
  it("refuses more than 4 MiB", async () => {
    const answer = await post(`"${"x".repeat(5 * 2 ** 20)}"`).catch((error: unknown) => error as NodeJS.ErrnoException);
    // the answer comes while we still write: either it is read, or the write fails first
    if (answer instanceof Error) expect(["EPIPE", "ECONNRESET"]).toContain(answer.code);
    else expect(answer.status).toBe(413);
    expect(rejected.at(-1)).toBe("size");
  });
  it("takes pods of a megabyte", async () => {
    const annotations = { big: "x".repeat(2 ** 20) };
    expect((await reviewed({ object: { ...pod, metadata: { annotations } } })).patch).toBeDefined();
  });
  it("changes its certificate while it runs", async () => {
    const authority = await createAuthority("second", new Date(), 1);
    server.useCertificate(await issue(authority, [HOST], new Date(), 1));
    expect((await post(review())).status).toBe(200); // an open connection goes on
    await expect(post(review(), "/mutate", "POST", new Agent())).rejects.toThrow();
    ca = authority.certificate;
    expect((await post(review(), "/mutate", "POST", new Agent())).status).toBe(200);
  });
});

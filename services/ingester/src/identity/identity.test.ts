import { Metadata, status } from "@grpc/grpc-js";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import type { Reviewer, TokenReview } from "@heaphound/identity";
import { HelloSchema } from "@heaphound/wire";
import { applyIdentity } from "./apply.js";
import { NamespaceQuota } from "./namespace-quota.js";
import { kubernetesGuard } from "./stream-guard.js";

const pod = {
  name: "system:serviceaccount:shop:web",
  groups: [],
  extra: {
    "authentication.kubernetes.io/pod-name": ["web-1"],
    "authentication.kubernetes.io/pod-uid": ["uid-1"],
    "authentication.kubernetes.io/node-name": ["node-1"],
  },
};

/** Answers as the API server does; integration/cluster asks a real one. */
function reviewer(review: TokenReview | Error): Reviewer & { asked: [string, readonly string[]][] } {
  const asked: [string, readonly string[]][] = [];
  return {
    asked,
    review: (token, audiences) => {
      asked.push([token, audiences]);
      return review instanceof Error ? Promise.reject(review) : Promise.resolve(review);
    },
    mayReadPods: () => Promise.resolve(false),
    workloadOfPod: (namespace, name) => Promise.resolve(`${namespace}'s owner of ${name}`),
  };
}

function metadata(authorization?: string): Metadata {
  const result = new Metadata();
  if (authorization !== undefined) result.set("authorization", authorization);
  return result;
}

describe("who may stream", () => {
  it("a pod with a token for us, and its claims give way", async () => {
    const asked = reviewer({ user: pod });
    const admission = await kubernetesGuard(asked, "heaphound")(metadata("Bearer a.b-c_d"));
    expect(asked.asked).toEqual([["a.b-c_d", ["heaphound"]]]);
    expect(admission?.workload).toBe("shop's owner of web-1");
    const hello = create(HelloSchema, {
      pod: { namespace: "bank", name: "vault-0", uid: "x", container: "app", node: "n" },
    });
    applyIdentity(hello, admission);
    expect(hello.pod).toMatchObject({
      namespace: "shop",
      name: "web-1",
      uid: "uid-1",
      container: "app",
      node: "node-1",
    });
  });
  it.each<[string, Metadata, TokenReview | Error, status, string]>([
    ["nobody", metadata(), { user: pod }, status.UNAUTHENTICATED, "no_token"],
    ["another scheme", metadata("Basic abc"), { user: pod }, status.UNAUTHENTICATED, "no_token"],
    [
      "a token of a megabyte",
      metadata(`Bearer ${"a".repeat(2 ** 20)}`),
      { user: pod },
      status.UNAUTHENTICATED,
      "no_token",
    ],
    [
      "a token of a deleted pod",
      metadata("Bearer t"),
      { refused: "invalidated" },
      status.UNAUTHENTICATED,
      "token_refused",
    ],
    [
      "a person",
      metadata("Bearer t"),
      { user: { name: "jane", groups: [], extra: {} } },
      status.UNAUTHENTICATED,
      "token_refused",
    ],
    [
      "anybody while the API server is away",
      metadata("Bearer t"),
      new Error("ECONNREFUSED"),
      status.UNAVAILABLE,
      "identity_unavailable",
    ],
  ])("not %s", async (_title, call, review, code, reason) => {
    await expect(kubernetesGuard(reviewer(review), "heaphound")(call)).rejects.toMatchObject({ code, reason });
  });
});

describe("what a namespace may take", () => {
  it("so many streams, another namespace's are its own", () => {
    const quota = new NamespaceQuota({ streams: 2, bytesPerSecond: 0 });
    quota.enter("shop");
    quota.enter("shop");
    quota.enter("bank");
    expect(() => quota.enter("shop")).toThrow("namespace shop has its 2 streams");
    quota.leave("shop");
    expect(() => quota.enter("shop")).not.toThrow();
  });
  it("so many bytes per second, after a burst of one second's worth", async () => {
    let now = 0;
    const quota = new NamespaceQuota({ streams: 0, bytesPerSecond: 1_000_000 }, () => now);
    quota.enter("shop");
    await quota.pay("shop", 1_000_000); // at once
    const started = performance.now();
    await quota.pay("shop", 50_000); // 50 ms over the burst
    expect(performance.now() - started).toBeGreaterThanOrEqual(45);
    now += 10_000;
    let isPaid = false;
    void quota.pay("shop", 1_000_000).then(() => (isPaid = true));
    await new Promise(setImmediate); // no timer was needed
    expect(isPaid).toBe(true);
  });
});

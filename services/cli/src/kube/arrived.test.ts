import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS, diagnose, REASONS, refusalFor, type Finding } from "@heaphound/injection";
import { apiAt } from "../api/client.js";
import type { components } from "../api/schema.js";
import { arrivedOf } from "./arrived.js";

type Schemas = components["schemas"];

/** What the API would say, by path; the shapes are those of its description. */
let answers: {
  "/api/v1/processes": Pick<Schemas["ProcessList"], "processes">;
  "/api/v1/coverage/pods": Schemas["CoveragePods"];
};
const asked: string[] = [];
let server: Server;
let url = "";

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://api");
    asked.push(`${pathname} ${searchParams.get("q") ?? searchParams.get("pod")}`);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(answers[pathname as keyof typeof answers]));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

function stored(...findings: Finding[]): Schemas["CoveragePods"] {
  const container = {
    container: "app",
    reporting: false,
    state: "running",
    stateReason: "",
    restarts: 0,
    limitBytes: null,
    findings: findings.map(({ code, detail = "" }) => ({ code, detail, ...REASONS[code] })),
    lastEnd: null,
  };
  const pod = { namespace: "shop", workload: "Pod/web", pod: "web", node: "", phase: "Running", createdUnixNs: "1" };
  return { total: 1, pods: [{ ...pod, injected: true, containers: [container] }] };
}

/** The codes that a user is given of a pod that runs and has sent nothing. */
async function codes(): Promise<(string | undefined)[][]> {
  const arrived = await arrivedOf({ pod: "web", namespace: "shop" }, apiAt(url));
  const metadata = {
    labels: { "heaphound.io/injected": "true" },
    annotations: { "heaphound.io/status": JSON.stringify({ containers: ["app"] }) },
  };
  const running = { name: "app", state: { running: { startedAt: new Date(0) } } };
  const findings = diagnose({
    pod: { metadata, spec: { containers: [{ name: "app" }] }, status: { containerStatuses: [running] } },
    namespace: { name: "shop" },
    settings: { ...DEFAULT_SETTINGS, image: "", server: "" },
    nowMs: 3_600_000,
    ...arrived,
  });
  return findings.map(({ code, detail }) => [code, detail]);
}

describe("why a pod is silent", () => {
  it("is what the ingester said when it turned the pod away", async () => {
    const refusal = refusalFor("token_refused", "invalid audience");
    answers = { "/api/v1/processes": { processes: [] }, "/api/v1/coverage/pods": stored(refusal) };
    expect(await codes()).toEqual([["token_refused", "token_refused: invalid audience"]]);
    expect(asked).toEqual(
      expect.arrayContaining(['/api/v1/processes pod = "web" and namespace = "shop"', "/api/v1/coverage/pods web"]),
    );
  });

  it("stays open when the controller had only guessed, or has not seen the pod", async () => {
    for (const pods of [stored({ code: "not_reporting" }, { code: "token_refused" }), { total: 0, pods: [] }]) {
      answers = { "/api/v1/processes": { processes: [] }, "/api/v1/coverage/pods": pods };
      expect((await codes())[0]).toEqual(["not_reporting", undefined]);
    }
  });
});

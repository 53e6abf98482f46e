// The images by themselves: each service in a container that testcontainers starts, without a cluster.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getContainerRuntimeClient } from "testcontainers";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Groups, ProcessList } from "@heaphound/query";
import { run } from "../src/command.ts";
import { imageName } from "../src/images.ts";
import { checkout, here } from "../src/paths.ts";
import { until } from "../src/until.ts";
import { totalsOf } from "../tests/support/work.ts";
import { ServiceContainer } from "./support/service.ts";
import { Stack } from "./support/stack.ts";

const reason = inject("whyNoImages");
const services = ["clickhouse", "ingester", "api", "gui", "injector"] as const;

describe.skipIf(reason !== "")(`services in containers${reason && ` (${reason})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "heaphound-containers-"));
  chmodSync(folder, 0o755); // containers read it as another user
  let stack: Stack;

  beforeAll(async () => {
    process.env.DOCKER_HOST = inject("dockerHost");
    // Containers are on this machine's network, also where this machine is itself a container.
    process.env.TESTCONTAINERS_HOST_OVERRIDE = "127.0.0.1";
    // Its image would come from a registry; what it does, the end of the engine does.
    process.env.TESTCONTAINERS_RYUK_DISABLED = "true";
    stack = await Stack.start(folder);
    console.log("ms from the request to serving, several at once:", stack.startMs);
  }, 300_000);

  afterAll(async () => {
    await stack.stop();
    rmSync(folder, { recursive: true });
  }, 120_000);

  const api = async <Shape>(path: string): Promise<Shape> => {
    const response = await fetch(`http://127.0.0.1:${stack.ports.api}/api/v1${path}`);
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    return (await response.json()) as Shape;
  };

  /** The recording of the program that works in this folder, once it has ended. */
  const recordingOf = (search: string): Promise<ProcessList["processes"][number]> =>
    until(`the recording of ${search}`, async () => {
      const { processes } = await api<ProcessList>(`/processes?search=${encodeURIComponent(search)}`);
      return processes.find(({ running }) => !running);
    });

  async function compiled(name: string): Promise<string> {
    const program = join(folder, name);
    await run(["gcc", "-O1", "-o", program, join(here, "programs/work.c")]);
    return program;
  }

  it.each(services)("%s runs as a user without rights, on a root that it cannot write to", async (service) => {
    const container = stack.containers.get(service)!;
    const script =
      "const fs = require('fs'); let written = 'written'; try { fs.writeFileSync('/app/x', '') } catch (e) { written = e.code }; console.log(process.getuid(), written, /CapEff:\\s*(\\w+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1])";
    const { output, exitCode } = await container.exec(["node", "-e", script]);
    expect(exitCode).toBe(0);
    expect(output.trim()).toBe("65532 EROFS 0000000000000000");
  });

  it("record a program to the last block", async () => {
    const program = await compiled("streamed");
    const env = {
      LD_PRELOAD: join(checkout, "preload/build/amd64/libheaphound.so"),
      HEAPHOUND_SERVER: `127.0.0.1:${stack.ports.grpc}`,
    };
    const made = totalsOf(await run([program, "once", "5000"], { env }));
    expect(made.allocations).toBe(5000);
    expect(await recordingOf("streamed")).toMatchObject({ endReason: "exit", lossCount: 0, ...made });
  });

  it("take a recording from a file, by the CLI's image, with functions by name", async () => {
    const program = await compiled("recorded");
    const env = {
      LD_PRELOAD: join(checkout, "preload/build/amd64/libheaphound.so"),
      HEAPHOUND_OUTPUT: join(folder, "recording"),
    };
    const made = totalsOf(await run([program, "once", "7000"], { env }));
    const cli = new ServiceContainer("cli").ends();
    cli.withCommand(["import", env.HEAPHOUND_OUTPUT, "--server", `127.0.0.1:${stack.ports.grpc}`]);
    // At its own place, so that the import finds the program too, which the ingester asks for.
    cli.withBindMounts([{ source: folder, target: folder, mode: "ro" }]);
    chmodSync(env.HEAPHOUND_OUTPUT, 0o644);
    await (await cli.start()).stop();
    const recorded = await recordingOf("recorded");
    expect(recorded).toMatchObject({ lossCount: 0, ...made });
    const named = async (): Promise<boolean> => {
      const { groups } = await api<Groups>(`/processes/${recorded.process}/groups?measure=allocated`);
      return groups.some(({ frames }) => frames.some((frame) => frame.function === "use_once"));
    };
    await until("symbols of the program that was uploaded", named);
  });

  it("answer the page and reviews", async () => {
    const page = await fetch(`http://127.0.0.1:${stack.ports.gui}/`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("Heaphound")]);
    const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: reviewOfPod() };
    const ca = readFileSync(join(folder, "tls/tls.crt"));
    const answer = JSON.parse(await post(stack.ports.webhook, ca, JSON.stringify(review))) as {
      response: { uid: string; allowed: boolean; patch: string };
    };
    expect(answer.response).toMatchObject({ uid: "1", allowed: true });
    const patch = Buffer.from(answer.response.patch, "base64").toString();
    expect(patch).toContain("localhost/heaphound-init:test");
  });

  it("end when they are told to", async () => {
    const { container } = await getContainerRuntimeClient();
    const codes: Record<string, number> = {};
    for (const service of [...services].reverse()) {
      const started = stack.containers.get(service)!;
      await started.stop({ remove: false, timeout: 30_000 });
      const { State } = await container.inspect(container.getById(started.getId()));
      codes[service] = State.ExitCode;
    }
    expect(codes).toEqual(Object.fromEntries(services.map((service) => [service, 0])));
  });

  it("have images no more than a tenth larger than docs/images.md says", async () => {
    const table = readFileSync(join(checkout, "docs/images.md"), "utf8");
    const documented = [...table.matchAll(/^\| (\w+) \| ([\d.]+) MB \|/gm)];
    expect(documented).toHaveLength(7);
    const inspect = ["docker", "--host", inject("dockerHost"), "image", "inspect", "--format", "{{.Size}}"];
    for (const [, service = "", megabytes] of documented) {
      const sizeMb = Number(await run([...inspect, imageName(service)])) / 1e6;
      console.log(`${service}: ${sizeMb.toFixed(1)} MB`);
      expect(sizeMb, service).toBeLessThan(Number(megabytes) * 1.1);
    }
  });
});

/** Through the certificate that the container was given. */
function post(port: number, ca: Buffer, body: string): Promise<string> {
  const options = {
    host: "127.0.0.1",
    port,
    path: "/mutate",
    method: "POST",
    ca,
    servername: "heaphound-injector.heaphound.svc",
    headers: { "content-type": "application/json" },
  };
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve(text));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A pod that asks by itself, as the API server would send it. */
function reviewOfPod(): object {
  const metadata = { name: "web", namespace: "shop", labels: { "heaphound.io/inject": "true" } };
  return {
    uid: "1",
    kind: { group: "", version: "v1", kind: "Pod" },
    resource: { group: "", version: "v1", resource: "pods" },
    operation: "CREATE",
    namespace: "shop",
    object: { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [{ name: "app", image: "app" }] } },
  };
}

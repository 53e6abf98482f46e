import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "@heaphound/service-kit/testing";
import { choosePorts } from "./ports.js";
import { Service, type ServiceSpec, type ServiceState } from "./service.js";

const hasAutogroups = existsSync("/proc/self/autogroup");

let folder: string;
const running: Service[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "heaphound-service-"));
});

afterEach(async () => {
  for (const service of running.splice(0)) {
    service.dispose();
    await service.stop();
  }
  rmSync(folder, { recursive: true });
});

async function specOf(script: string): Promise<ServiceSpec> {
  const { api: port } = await choosePorts("any");
  const file = join(folder, "service.mjs");
  writeFileSync(file, script);
  return {
    name: "sample",
    script: file,
    environment: { PORT: String(port) },
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    logFile: join(folder, "sample.log"),
    niceness: 0,
  };
}

const server = `
import { createServer } from "node:http";
createServer((_, response) => response.end("ok")).listen(Number(process.env.PORT), "127.0.0.1");
`;

async function startService(script: string, states: ServiceState[] = []): Promise<Service> {
  const service: Service = new Service(await specOf(script), () => states.push(service.state));
  running.push(service);
  await service.start();
  return service;
}

describe("Service", () => {
  it("is ready when it answers, and gone after stop", async () => {
    const service = await startService(server);
    const identity = service.identity();
    expect(service.state).toBe("ready");
    expect(identity).not.toBeNull();
    await service.stop();
    expect(service.state).toBe("stopped");
    expect(service.identity()).toBeNull();
    expect(service.restarts).toBe(0);
  });

  it("is started again after a crash, on the same port, as another process", async () => {
    const states: ServiceState[] = [];
    const service = await startService(server, states);
    const first = service.identity()?.pid;
    service.kill("SIGKILL");
    await eventually(() => service.restarts === 1 && service.state === "ready");
    expect(service.identity()?.pid).not.toBe(first);
    expect(states).toEqual(["starting", "ready", "waiting", "starting", "ready"]);
  });

  it("reports a service that cannot start, with the end of its log", async () => {
    const start = startService(`console.error("no licence to run"); process.exit(3);`);
    await expect(start).rejects.toThrow(/the sample service ended with exit code 3:\nno licence to run/);
  });

  it.skipIf(!hasAutogroups)("gives way to programs of other sessions, too (needs autogroups)", async () => {
    const service = new Service({ ...(await specOf(server)), niceness: 10 }, () => undefined);
    running.push(service);
    await service.start();
    const pid = String(service.identity()?.pid);
    expect(readFileSync(`/proc/${pid}/autogroup`, "utf8")).toMatch(/ nice 10$/m);
    expect(readFileSync(`/proc/self/autogroup`, "utf8")).not.toMatch(/ nice 10$/m);
    // Session and niceness: fields 6 and 19 of stat.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    expect([fields[3], fields[16]]).toEqual([pid, "10"]);
  });

  it("does not hand settings of a profiled program or of another stack to services", async () => {
    process.env.HEAPHOUND_LISTEN = "0.0.0.0:1";
    const service = await startService(`${server}\nconsole.log("listen:" + process.env.HEAPHOUND_LISTEN);`);
    delete process.env.HEAPHOUND_LISTEN;
    expect(readFileSync(service.spec.logFile, "utf8")).toContain("listen:undefined");
  });
});

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { StartedTestContainer } from "testcontainers";
import type { Service } from "../../src/images.ts";
import { freePorts, ServiceContainer } from "./service.ts";

/** All services, each in a container from its image, on one machine. */
export class Stack {
  readonly containers = new Map<Service, StartedTestContainer>();
  /** From the request to the first sign that it serves. */
  readonly startMs: Record<string, number> = {};
  readonly ports: Record<"database" | "grpc" | "metrics" | "api" | "gui" | "webhook" | "status", number>;
  private readonly folder: string;

  private constructor(ports: Stack["ports"], folder: string) {
    this.ports = ports;
    this.folder = folder;
  }

  static async start(folder: string): Promise<Stack> {
    const ports = await freePorts("database", "grpc", "metrics", "api", "gui", "webhook", "status");
    const stack = new Stack(ports, folder);
    await stack.startStore();
    await Promise.all([stack.startIngester(), stack.startReaders(), stack.startInjector()]);
    return stack;
  }

  async stop(): Promise<void> {
    for (const container of [...this.containers.values()].reverse()) await container.stop();
  }

  private async start(service: Service, container: ServiceContainer, name: string = service): Promise<void> {
    const began = performance.now();
    const started = await container.start();
    this.startMs[name] = Math.round(performance.now() - began);
    if (name === service) this.containers.set(service, started);
    else await started.stop();
  }

  private get database(): { HEAPHOUND_CLICKHOUSE_URL: string } {
    return { HEAPHOUND_CLICKHOUSE_URL: `http://127.0.0.1:${this.ports.database}` };
  }

  private async startStore(): Promise<void> {
    const store = { HEAPHOUND_LISTEN: `127.0.0.1:${this.ports.database}`, HEAPHOUND_DATA_DIR: "/tmp/data" };
    await this.start("clickhouse", new ServiceContainer("clickhouse", store).says(/listening/));
    const url = this.database.HEAPHOUND_CLICKHOUSE_URL;
    const migrations = new ServiceContainer("ingester");
    migrations.withCommand(["packages/schema/dist/migrate-cli.js", "--url", url]);
    await this.start("ingester", migrations.ends(), "migrations");
  }

  private startIngester(): Promise<void> {
    const environment = {
      ...this.database,
      HEAPHOUND_LISTEN: `127.0.0.1:${this.ports.grpc}`,
      HEAPHOUND_HTTP_LISTEN: `127.0.0.1:${this.ports.metrics}`,
      HEAPHOUND_DATA_DIR: "/tmp/data",
    };
    return this.start("ingester", new ServiceContainer("ingester", environment).says(/listening/));
  }

  private async startReaders(): Promise<void> {
    const api = { ...this.database, HEAPHOUND_LISTEN: `127.0.0.1:${this.ports.api}` };
    await this.start("api", new ServiceContainer("api", api).says(/listening/));
    const gui = {
      HEAPHOUND_LISTEN: `127.0.0.1:${this.ports.gui}`,
      HEAPHOUND_API_URL: `http://127.0.0.1:${this.ports.api}`,
    };
    await this.start("gui", new ServiceContainer("gui", gui).says(/listening/));
  }

  /** Without a Kubernetes it knows no namespaces and leads nothing, but it answers reviews. */
  private startInjector(): Promise<void> {
    const tls = join(this.folder, "tls");
    mkdirSync(tls);
    const subject = [
      "-subj",
      "/CN=heaphound-injector",
      "-addext",
      "subjectAltName=DNS:heaphound-injector.heaphound.svc",
    ];
    const files = ["-keyout", join(tls, "tls.key"), "-out", join(tls, "tls.crt")];
    const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
    execFileSync("openssl", [...words, ...subject, ...files], { stdio: "ignore" });
    chmodSync(join(tls, "tls.key"), 0o444); // read by another user: the container's
    const environment = {
      HEAPHOUND_CERTIFICATES: "files",
      HEAPHOUND_INIT_IMAGE: "localhost/heaphound-init:test",
      HEAPHOUND_WEBHOOK_LISTEN: `127.0.0.1:${this.ports.webhook}`,
      HEAPHOUND_STATUS_LISTEN: `127.0.0.1:${this.ports.status}`,
      HEAPHOUND_DRAIN_SECONDS: "0",
    };
    const container = new ServiceContainer("injector", environment);
    container.withBindMounts([{ source: tls, target: "/etc/heaphound/tls", mode: "ro" }]);
    return this.start("injector", container.says(/answering reviews/));
  }
}

import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { CliError } from "../errors.js";
import { specOf, serviceNames, urlsOf, type ServiceName } from "./layout.js";
import { migrateDatabase } from "./migrate.js";
import { identify } from "./pids.js";
import { choosePorts, type Ports } from "./ports.js";
import { Service } from "./service.js";
import { forgetState, killLeftovers, releaseLock, takeLock, writeState, type StackUrls } from "./state.js";

export interface StackOptions {
  /** Database, logs, state. */
  dataDir: string;
  /** All of them unless told otherwise. */
  services?: readonly ServiceName[];
  /** `preferred` (7411 to 7415 where free) unless told otherwise. */
  ports?: "preferred" | "any";
  /** More settings of a service. */
  environment?: Partial<Record<ServiceName, Record<string, string>>>;
  /** Called when a service changes its state. */
  onChange?: (name: string, state: Service["state"]) => void;
}

/** Old logs are kept once; a log that grew past this is moved aside at the next start. */
const LOG_BYTES = 16 * 2 ** 20;

/** A running stack. */
export class Stack {
  readonly urls: StackUrls;
  readonly dataDir: string;
  private readonly services = new Map<ServiceName, Service>();
  private readonly startedUnixMs = Date.now();
  private stopping: Promise<void> | null = null;

  constructor(options: StackOptions, ports: Ports) {
    this.urls = urlsOf(ports);
    this.dataDir = options.dataDir;
    for (const name of options.services ?? serviceNames) {
      const spec = specOf(name, ports, options.dataDir);
      Object.assign(spec.environment, options.environment?.[name]);
      const service: Service = new Service(spec, () => {
        this.save();
        options.onChange?.(name, service.state);
      });
      this.services.set(name, service);
    }
  }

  /** For faults in tests, and for `status`. */
  service(name: ServiceName): Service {
    const service = this.services.get(name);
    if (service === undefined) throw new Error(`the stack was started without ${name}`);
    return service;
  }

  async start(): Promise<void> {
    for (const service of this.services.values()) prepareLog(service.spec);
    const start = async (name: ServiceName): Promise<void> => this.services.get(name)?.start();
    await start("clickhouse");
    if (this.services.has("clickhouse")) await migrateDatabase(this.urls.clickhouse);
    await Promise.all([start("ingester"), start("api"), start("gui")]);
  }

  /** Readers first, the database last. Safe to call twice. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<void> {
    for (const service of this.services.values()) service.dispose();
    const stop = async (name: ServiceName): Promise<void> => this.services.get(name)?.stop();
    await Promise.all([stop("gui"), stop("api"), stop("ingester")]);
    await stop("clickhouse");
    forgetState(this.dataDir);
    releaseLock(this.dataDir);
  }

  private save(): void {
    const supervisor = identify(process.pid);
    if (supervisor === null) return;
    writeState(this.dataDir, {
      supervisor,
      startedUnixMs: this.startedUnixMs,
      urls: this.urls,
      services: [...this.services].map(([name, service]) => ({
        name,
        state: service.state,
        restarts: service.restarts,
        process: service.identity(),
      })),
    });
  }
}

function prepareLog(spec: { script: string; name: string; logFile: string }): void {
  if (!existsSync(spec.script)) {
    throw new CliError(`the ${spec.name} service is not built: ${spec.script} is missing`, {
      advice: "Run npm run setup.",
    });
  }
  if (existsSync(spec.logFile) && statSync(spec.logFile).size > LOG_BYTES)
    renameSync(spec.logFile, `${spec.logFile}.1`);
}

/** Starts everything on the data directory and resolves when all parts are ready. Whoever calls it is the supervisor. */
export async function startStack(options: StackOptions): Promise<Stack> {
  takeLock(options.dataDir);
  try {
    killLeftovers(options.dataDir);
    mkdirSync(`${options.dataDir}/logs`, { recursive: true });
    const stack = new Stack(options, await choosePorts(options.ports ?? "preferred"));
    try {
      await stack.start();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  } catch (error) {
    releaseLock(options.dataDir);
    throw error;
  }
}

export async function stopStack(stack: Stack): Promise<void> {
  await stack.stop();
}

import { once } from "node:events";
import { status, type ServerDuplexStream } from "@grpc/grpc-js";
import {
  classifyClickHouseError,
  errorMessage,
  formatProcessKey,
  retry,
  type ClickHouseClient,
  type Logger,
} from "@heaphound/service-kit";
import { BlockDecoder, type Hello, type ServerMessage } from "@heaphound/wire";
import { RejectedError } from "../errors.js";
import type { Fence } from "../fence/fence.js";
import type { Refusals } from "../fleet/refusals.js";
import type { NamespaceQuota } from "../identity/namespace-quota.js";
import { checkOwner } from "../identity/ownership.js";
import type { Admission, StreamGuard } from "../identity/stream-guard.js";
import type { IngesterMetrics } from "../metrics.js";
import { findStoredBlocks, repairUsage, type StoredBlocks } from "../store/resume.js";
import { endReplacedRuns } from "../store/lost.js";
import type { Leftovers } from "../store/leftovers.js";
import type { Writer } from "../store/writer.js";
import type { Symbols } from "../symbols.js";
import { PendingBlocks } from "./pending.js";
import { Session, type SessionContext } from "./session.js";
import { WishCourier } from "./wish-courier.js";

export type IngestCall = ServerDuplexStream<Buffer, ServerMessage>;

export interface SessionsOptions {
  client: ClickHouseClient;
  leftovers: Leftovers;
  /** Name of ClickHouse's cluster, empty for a single server. */
  cluster: string;
  writer: Writer;
  symbols: Symbols;
  metrics: IngesterMetrics;
  log: Logger;
  maxStreams: number;
  helloTimeoutMs: number;
  refreshMs: number;
  settingsPollMs: number;
  guard: StreamGuard;
  quota: NamespaceQuota;
  /** Where other ingesters write to the same database. */
  fence: Fence | undefined;
  refusals: Refusals;
}

/** All open streams: takes calls, runs each one's session, and keeps two streams of one process apart. */
export class Sessions {
  private readonly calls = new Map<Session, IngestCall>();
  private readonly byProcess = new Map<bigint, Session>();
  private readonly pending = new PendingBlocks();
  private readonly decoder = new BlockDecoder();
  private readonly stopping = new AbortController();

  private readonly courier: WishCourier;

  constructor(private readonly options: SessionsOptions) {
    const { client, log, settingsPollMs } = options;
    this.courier = new WishCourier({
      client,
      log,
      pollMs: settingsPollMs,
      connected: () => this.byProcess.size,
      deliver: (wish) => this.byProcess.get(wish.process)?.sendSettings(wish),
    });
  }

  /** Begins to carry settings to processes. */
  start(): void {
    this.courier.start();
  }

  /** Keys of the processes that are connected here, or whose last row is not in the database yet. */
  get processes(): bigint[] {
    return [...this.byProcess.keys(), ...this.pending.processes];
  }

  /** Keys of processes of which something waits to be inserted. */
  get waiting(): bigint[] {
    return this.pending.processes;
  }

  /** Runs one call to its end. Never rejects: whatever goes wrong ends this call only. */
  async run(call: IngestCall): Promise<void> {
    const admission = await this.admit(call);
    if (admission === "refused") return;
    const session = this.open(call, admission);
    const namespace = admission?.identity.namespace ?? "";
    let messageBytes = 0;
    let isComplete = false;
    try {
      this.checkRoom();
      const timer = this.helloTimer(call);
      for await (const message of call.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        clearTimeout(timer);
        messageBytes = message.length;
        if (this.stopping.signal.aborted) throw shuttingDown();
        await this.options.quota.pay(namespace, message.length);
        await session.receive(message);
        if (session.isFinished) break;
      }
      clearTimeout(timer);
      isComplete = true;
      // The client has nothing more to say, but it wants to hear what was stored.
      await Promise.race([session.settled(), cancelled(call)]);
      call.end();
    } catch (error) {
      await this.fail(session, call, { error, messageBytes });
    } finally {
      this.options.quota.leave(namespace);
      await this.close(session, isComplete);
    }
  }

  /** Takes no further messages, stores what came, and ends all calls so that clients go elsewhere or come back. */
  async stop(deadlineMs: number): Promise<void> {
    this.stopping.abort();
    const { writer, log } = this.options;
    await this.courier.stop();
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => (timer = setTimeout(resolve, deadlineMs)));
    await Promise.race([deadline, writer.flush()]);
    clearTimeout(timer);
    await writer.stop();
    for (const call of this.calls.values()) endCall(call, shuttingDown());
    log.info({ streams: this.calls.size }, "streams ended");
  }

  /** Before anything of a call is read: who it is, and whether its namespace may have one more. */
  private async admit(call: IngestCall): Promise<Admission | undefined | "refused"> {
    const { guard, quota, refusals, log, metrics } = this.options;
    try {
      const admission = await guard(call.metadata);
      quota.enter(admission?.identity.namespace ?? "");
      refusals.forget(call.getPeer());
      return admission;
    } catch (error) {
      const rejected = RejectedError.of(error) ?? internal();
      metrics.countRejected(rejected.reason);
      refusals.add(call.getPeer(), rejected.reason, rejected.message);
      log.warn({ peer: call.getPeer(), reason: rejected.reason, detail: rejected.message }, "stream not admitted");
      endCall(call, rejected);
      return "refused";
    }
  }

  /** For another ingester that has the stream of a process now: ends the one here; resolves when nothing waits any more. */
  async letGo(process: bigint): Promise<void> {
    const session = this.byProcess.get(process);
    if (session) this.takeOver(session);
    await this.pending.settled(process);
  }

  private open(call: IngestCall, admission: Admission | undefined): Session {
    const { writer, symbols, metrics, log, refreshMs, fence } = this.options;
    const context: SessionContext = {
      writer,
      symbols,
      metrics,
      log,
      refreshMs,
      ingester: fence?.name ?? "",
      decoder: this.decoder,
      pending: this.pending,
      started: (hello) => void this.endReplaced(hello),
      welcomed: (process) => void this.courier.welcome(process),
      checkOwner: (process, admitted) => checkOwner(this.options.client, process, admitted),
      resume: (session, hello) => this.resume(session, hello),
    };
    const session = new Session(context, {
      send: (message) => {
        if (!call.cancelled && !call.writableEnded) call.write(message);
      },
      isImport: call.metadata.get("heaphound-import").includes("1"),
      address: call.getPeer(),
      admission,
    });
    this.calls.set(session, call);
    metrics.streams.inc();
    return session;
  }

  private checkRoom(): void {
    if (this.calls.size <= this.options.maxStreams) return;
    throw new RejectedError(
      "too_many_streams",
      `this ingester serves ${this.options.maxStreams} streams at most: add ingesters or raise HEAPHOUND_MAX_STREAMS`,
      status.RESOURCE_EXHAUSTED,
    );
  }

  private helloTimer(call: IngestCall): NodeJS.Timeout {
    const { helloTimeoutMs, metrics } = this.options;
    return setTimeout(() => {
      metrics.countRejected("hello_timeout");
      endCall(
        call,
        new RejectedError("hello_timeout", `no Hello came within ${helloTimeoutMs} ms`, status.DEADLINE_EXCEEDED),
      );
    }, helloTimeoutMs);
  }

  private async fail(
    session: Session,
    call: IngestCall,
    { error, messageBytes }: { error: unknown; messageBytes: number },
  ): Promise<void> {
    const { log, metrics, refusals } = this.options;
    if (call.cancelled || ended.has(call)) return;
    if (this.stopping.signal.aborted) {
      endCall(call, shuttingDown());
      return;
    }
    const rejected = RejectedError.of(error);
    const process = session.process === null ? undefined : formatProcessKey(session.process);
    if (!rejected) {
      log.error({ process, peer: call.getPeer(), error: errorMessage(error) }, "a stream failed");
      endCall(call, internal());
      return;
    }
    metrics.countRejected(rejected.reason);
    log.warn({ process, peer: call.getPeer(), reason: rejected.reason, detail: rejected.message }, "stream rejected");
    if (rejected.reason !== "superseded") refusals.add(call.getPeer(), rejected.reason, rejected.message);
    endCall(call, rejected);
    if (rejected.reason !== "superseded") await session.recordRejection(rejected, messageBytes).catch(() => undefined);
  }

  private async close(session: Session, isComplete: boolean): Promise<void> {
    this.calls.delete(session);
    this.options.metrics.streams.dec();
    await session.end(isComplete).catch((error: unknown) => {
      this.options.log.warn({ error: errorMessage(error) }, "the end of a stream was not written");
    });
    if (session.process !== null && this.byProcess.get(session.process) === session)
      this.byProcess.delete(session.process);
  }

  private async resume(session: Session, hello: Hello): Promise<StoredBlocks & { rowNs: bigint }> {
    const older = this.byProcess.get(hello.process);
    this.byProcess.set(hello.process, session);
    if (older) this.takeOver(older);
    // What the older stream has handed over is stored or still on its way; only when it is settled can one look.
    await this.pending.settled(hello.process);
    const rowNs = await this.takeFromOthers(session, hello);
    const { client, cluster, leftovers, log, metrics } = this.options;
    return retry(
      async () => {
        session.checkCurrent();
        await leftovers.gone(this.stopping.signal);
        const stored = await findStoredBlocks(client, hello.process, Number(hello.nextSequence));
        const isCut = stored.allocations.size + stored.lateFrees.size > 0;
        if (isCut && (await repairUsage(client, hello.process, cluster))) metrics.usageRepairs.inc();
        return { ...stored, rowNs };
      },
      {
        retryable: (error) => !(error instanceof RejectedError),
        signal: this.stopping.signal,
        onRetry: (error, attempt) => {
          const level = classifyClickHouseError(error) === "retry" ? "warn" : "error";
          log[level](
            { attempt, error: errorMessage(error) },
            "ClickHouse does not say what it has of a process, trying again",
          );
        },
      },
    );
  }

  /** Returns the time of the process's newest row, where others may have written it. */
  private async takeFromOthers(session: Session, { process }: Hello): Promise<bigint> {
    const { fence, log } = this.options;
    if (!fence) return 0n;
    return retry(
      () => {
        session.checkCurrent();
        return fence.take(process, this.stopping.signal);
      },
      {
        retryable: (error) => !(error instanceof RejectedError) && !this.stopping.signal.aborted,
        signal: this.stopping.signal,
        onRetry: (error, attempt) =>
          log.warn({ attempt, error: errorMessage(error) }, "cannot learn which ingester has a process, trying again"),
      },
    );
  }

  /** Rows are stored in order: when that of the new run is there, the last one of the run before is too. */
  private async endReplaced(hello: Hello): Promise<void> {
    const { client, log } = this.options;
    try {
      const nowNs = BigInt(Date.now()) * 1_000_000n;
      await endReplacedRuns(client, hello, { nowNs, connected: this.processes });
    } catch (error) {
      log.warn({ error: errorMessage(error) }, "could not end earlier runs of a process id; they will count as lost");
    }
  }

  private takeOver(older: Session): void {
    older.supersede();
    const call = this.calls.get(older);
    if (call)
      endCall(
        call,
        new RejectedError("superseded", "a newer stream of the same process has taken over", status.ABORTED),
      );
  }
}

function cancelled(call: IngestCall): Promise<unknown> {
  return call.cancelled ? Promise.resolve() : once(call, "cancelled");
}

function internal(): RejectedError {
  return new RejectedError("internal", "the ingester failed; its log says why", status.INTERNAL);
}

function shuttingDown(): RejectedError {
  return new RejectedError("internal", "the ingester is shutting down", status.UNAVAILABLE);
}

/** Calls that have got their status already. */
const ended = new WeakSet<IngestCall>();

/** gRPC takes the status of a call from an error event. */
function endCall(call: IngestCall, error: RejectedError): void {
  if (call.cancelled || call.writableEnded || ended.has(call)) return;
  ended.add(call);
  call.emit("error", { code: error.code, details: `${error.reason}: ${error.message}` });
}

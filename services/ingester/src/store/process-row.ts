import { Goodbye_Reason, type Hello } from "@heaphound/wire";
import { modeName } from "../receive/hello.js";
import type { BatchTables } from "./tables.js";

/** The state of a process that changes while it is watched. */
export interface ProcessState {
  /** The newest row of a process counts. */
  updatedNs: bigint;
  lastSeenNs: bigint;
  /** 0 while it runs. */
  endedNs: bigint;
  endReason: string;
  /** Owner of the pod, "Deployment/web"; empty when unknown. */
  workload: string;
  /** That may hold blocks which are not stored yet; empty: none does, or nobody else could. */
  ingester: string;
}

const decoder = new TextDecoder();
const NO_POD = { namespace: "", name: "", uid: "", container: "", node: "" };

/** Appends a process's row as it is now. */
export function appendProcess(tables: BatchTables, hello: Hello, state: ProcessState): void {
  const { columns } = tables.processes;
  columns.process.pushBig(hello.process);
  columns.updated_ns.pushBig(state.updatedNs);
  columns.started_ns.pushBig(hello.startedUnixNs);
  columns.ended_ns.pushBig(state.endedNs);
  columns.end_reason.push(state.endReason);
  columns.last_seen_ns.pushBig(state.lastSeenNs);
  columns.parent_process.pushBig(hello.parentProcess);
  columns.pid.push(hello.pid);
  columns.parent_pid.push(hello.parentPid);
  columns.executable.push(hello.executable);
  for (const argument of hello.arguments) columns.arguments.elements.push(decoder.decode(argument));
  columns.arguments.endRow(hello.arguments.length);
  columns.hostname.push(hello.hostname);
  const pod = hello.pod ?? NO_POD;
  columns.namespace.push(pod.namespace);
  columns.pod.push(pod.name);
  columns.pod_uid.push(pod.uid);
  columns.container.push(pod.container);
  columns.node.push(pod.node);
  columns.workload.push(state.workload);
  columns.architecture.push(hello.architecture);
  columns.libc.push(hello.libc);
  columns.allocator.push(hello.allocator);
  columns.page_size.push(hello.pageSize);
  columns.preload_version.push(hello.preloadVersion);
  columns.mode.push(modeName(hello.mode));
  columns.free_stacks.push(hello.freeStacks ? 1 : 0);
  columns.ingester.push(state.ingester);
  tables.processes.rows++;
}

/** "exit", "stopped", "fatal_signal", "exec", "killed". */
export function endReasonName(reason: Goodbye_Reason): string {
  const names: Record<number, string> = Goodbye_Reason; // a newer client may have more
  return reason === Goodbye_Reason.REASON_UNSPECIFIED ? "exit" : (names[reason]?.toLowerCase() ?? "exit");
}

import { create } from "@bufbuild/protobuf";
import { PodSchema, type Hello } from "@heaphound/wire";
import type { Admission } from "./stream-guard.js";

/** What the client says of itself gives way to what the API server says; only the container's name is the client's. */
export function applyIdentity(hello: Hello, admission: Admission | undefined): void {
  if (!admission) return;
  const { namespace, pod, uid, node } = admission.identity;
  const claimed = hello.pod;
  hello.pod = create(PodSchema, {
    namespace,
    name: pod,
    uid,
    container: claimed?.container ?? "",
    node: node === "" ? (claimed?.node ?? "") : node,
  });
}

import {
  describe,
  plan,
  REASONS,
  type Finding,
  type InjectionSettings,
  type Namespace,
  type Plan,
  type Pod,
  type ReasonCode,
} from "@heaphound/injection";
import { z } from "@heaphound/service-kit";

/** What a review needs beside the pod: from caches, so that no call is made while the API server waits. */
export interface ReviewContext {
  settings: () => InjectionSettings;
  namespaceOf: (name: string) => Namespace | undefined;
  quarantineOf: (namespace: string, pod: Pod) => string | undefined;
}

/** The part of an AdmissionReview (admission.k8s.io/v1) that is read. The pod itself stays raw. */
const reviewSchema = z.object({
  apiVersion: z.literal("admission.k8s.io/v1"),
  kind: z.literal("AdmissionReview"),
  request: z.object({
    uid: z.string().min(1),
    namespace: z.string().optional(),
    dryRun: z.boolean().optional(),
    kind: z.object({ group: z.string(), kind: z.string() }),
    subResource: z.string().optional(),
    operation: z.string(),
    object: z.record(z.string(), z.unknown()),
  }),
});

export interface ReviewResult {
  namespace: string;
  dryRun: boolean;
  findings: Finding[];
  response: AdmissionResponse;
}

export interface AdmissionResponse {
  apiVersion: "admission.k8s.io/v1";
  kind: "AdmissionReview";
  response: {
    uid: string;
    allowed: true;
    patchType?: "JSONPatch";
    patch?: string;
    warnings?: string[];
    auditAnnotations?: Record<string, string>;
  };
}

/** kubectl shows warnings; more than a few, or long ones, are cut by the API server. */
const MAX_WARNINGS = 5;
const MAX_WARNING_CHARACTERS = 250;

/**
 * Answers one review. The answer always allows the pod: whatever goes wrong, it runs, as it came. Throws only for a body
 * that is no review, where there is nothing to answer to.
 */
export function answerReview(body: unknown, context: ReviewContext): ReviewResult {
  const { request } = reviewSchema.parse(body);
  const namespace = request.namespace ?? "";
  const result = planSafely(request, namespace, context);
  return {
    namespace,
    dryRun: request.dryRun === true,
    findings: result.findings,
    response: {
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      response: { uid: request.uid, allowed: true, ...patchOf(result), ...notesOf(result) },
    },
  };
}

type Request = z.output<typeof reviewSchema>["request"];

function planSafely(request: Request, namespace: string, context: ReviewContext): Plan {
  try {
    return planFor(request, namespace, context);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { findings: [{ code: "injector_error", detail }], operations: [], containers: [] };
  }
}

function planFor(request: Request, namespace: string, context: ReviewContext): Plan {
  const isNewPod = request.kind.kind === "Pod" && request.operation === "CREATE" && !request.subResource;
  if (!isNewPod) return { findings: [{ code: "not_requested" }], operations: [], containers: [] };
  const pod = request.object as Pod;
  const quarantine = context.quarantineOf(namespace, pod);
  return plan({
    pod,
    namespace: context.namespaceOf(namespace) ?? { name: namespace },
    settings: context.settings(),
    ...(quarantine === undefined ? {} : { quarantine }),
  });
}

function patchOf({ operations }: Plan): Partial<AdmissionResponse["response"]> {
  if (operations.length === 0) return {};
  return { patchType: "JSONPatch", patch: Buffer.from(JSON.stringify(operations)).toString("base64") };
}

/** Nobody asked, or somebody said no: nothing to tell. */
const SILENT = new Set<ReasonCode>(["not_requested", "opted_out", "namespace_opted_out"]);

/** What a person should hear: all but what was wanted so. Audit annotations have the first finding's code. */
function notesOf({ findings }: Plan): Partial<AdmissionResponse["response"]> {
  const [first] = findings;
  if (SILENT.has(first.code)) return {};
  const warnings = findings
    .filter(({ code }) => REASONS[code].severity !== "info")
    .slice(0, MAX_WARNINGS)
    .map((finding) => `heaphound: ${describe(finding)}`.slice(0, MAX_WARNING_CHARACTERS));
  return { auditAnnotations: { reason: first.code }, ...(warnings.length === 0 ? {} : { warnings }) };
}

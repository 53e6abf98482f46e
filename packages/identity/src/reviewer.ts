import {
  AuthenticationV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  type V1TokenReviewStatus,
} from "@kubernetes/client-node";
import { workloadOf, workloadText, type PodMetadata } from "@heaphound/injection";
import { LRUCache } from "lru-cache"; // single-flight fetches, expiry and a bound on entries in one; very widely used
import { tokenKey } from "./bearer.js";

/** Who the API server says that a token belongs to. */
export interface ReviewedUser {
  name: string;
  groups: string[];
  /** For service accounts of pods: pod name, pod UID, node name under keys of authentication.kubernetes.io. */
  extra: Record<string, string[]>;
}

/** `user` when the token is good, else the API server's reason. */
export type TokenReview = { user: ReviewedUser } | { refused: string };

export interface Access {
  /** Of pods in this namespace; undefined: in all of them. */
  namespace: string | undefined;
  verb: "get" | "list";
}

/** What is asked of Kubernetes about tokens, people and pods. */
export interface Reviewer {
  /** Rejects when the API server does not answer. `audiences` empty: the API server's own. */
  review(token: string, audiences: readonly string[]): Promise<TokenReview>;
  mayReadPods(user: ReviewedUser, access: Access): Promise<boolean>;
  /** "Deployment/web"; empty when the pod is not there. */
  workloadOfPod(namespace: string, name: string): Promise<string>;
}

const GOOD_MS = 120_000;
/** A refusal may be a matter of seconds (a token that has just been made, a clock): it is asked again soon. */
const REFUSED_MS = 10_000;
const MAX_ENTRIES = 20_000;

/**
 * Asks the API server (TokenReview, SubjectAccessReview, pods) and remembers answers for a short time; several that ask
 * the same at once cause one question. Tokens are remembered by their hash only.
 */
export class KubernetesReviewer implements Reviewer {
  private readonly tokens: LRUCache<string, TokenReview, { token: string; audiences: readonly string[] }>;
  private readonly accesses: LRUCache<string, { allowed: boolean }, { user: ReviewedUser; access: Access }>;
  private readonly workloads: LRUCache<string, { text: string }, { namespace: string; name: string }>;

  constructor(config: KubeConfig = defaultConfig()) {
    const authentication = config.makeApiClient(AuthenticationV1Api);
    const authorization = config.makeApiClient(AuthorizationV1Api);
    const core = config.makeApiClient(CoreV1Api);
    this.tokens = new LRUCache({
      max: MAX_ENTRIES,
      ttl: GOOD_MS,
      fetchMethod: async (_key, _stale, { context, options }) => {
        const { token, audiences } = context;
        const spec = { token, ...(audiences.length > 0 && { audiences: [...audiences] }) };
        const { status } = await authentication.createTokenReview({ body: { spec } });
        const review = readStatus(status, audiences);
        if ("refused" in review) options.ttl = REFUSED_MS;
        return review;
      },
    });
    this.accesses = new LRUCache({
      max: MAX_ENTRIES,
      ttl: 60_000,
      fetchMethod: async (_key, _stale, { context: { user, access } }) => {
        const { namespace, verb } = access;
        const resourceAttributes = { resource: "pods", verb, ...(namespace !== undefined && { namespace }) };
        const spec = { user: user.name, groups: user.groups, extra: user.extra, resourceAttributes };
        const { status } = await authorization.createSubjectAccessReview({ body: { spec } });
        return { allowed: status?.allowed === true };
      },
    });
    this.workloads = new LRUCache({
      max: MAX_ENTRIES,
      ttl: 10 * GOOD_MS,
      fetchMethod: async (_key, _stale, { context: { namespace, name } }) => {
        const pod = await core.readNamespacedPod({ namespace, name });
        return { text: workloadText(workloadOf({ metadata: pod.metadata as PodMetadata })) };
      },
    });
  }

  async review(token: string, audiences: readonly string[]): Promise<TokenReview> {
    const key = `${audiences.join(",")} ${tokenKey(token)}`;
    return (await this.tokens.fetch(key, { context: { token, audiences } })) ?? { refused: "no answer" };
  }

  async mayReadPods(user: ReviewedUser, access: Access): Promise<boolean> {
    const key = JSON.stringify([user.name, user.groups, access.namespace ?? null, access.verb]);
    const answer = await this.accesses.fetch(key, { context: { user, access } });
    return answer?.allowed === true;
  }

  async workloadOfPod(namespace: string, name: string): Promise<string> {
    try {
      const answer = await this.workloads.fetch(`${namespace}/${name}`, { context: { namespace, name } });
      return answer?.text ?? "";
    } catch {
      return ""; // gone already, or not ours to read: a nicety, not a condition
    }
  }
}

function defaultConfig(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromDefault();
  return config;
}

function readStatus(status: V1TokenReviewStatus = {}, audiences: readonly string[]): TokenReview {
  const { authenticated, user, error } = status;
  if (!authenticated || user?.username === undefined) return { refused: error ?? "the token is not valid" };
  if (!isBound(status.audiences ?? [], audiences))
    return { refused: `the token is not meant for ${audiences.join(", ")}` };
  return { user: { name: user.username, groups: user.groups ?? [], extra: user.extra ?? {} } };
}

/** An API server that knows no audiences returns none: then the token is not bound to us. */
function isBound(granted: readonly string[], wanted: readonly string[]): boolean {
  return wanted.length === 0 || granted.some((audience) => wanted.includes(audience));
}

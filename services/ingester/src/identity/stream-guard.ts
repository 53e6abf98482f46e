import { status, type Metadata } from "@grpc/grpc-js";
import { bearerOf, podIdentityOf, type PodIdentity, type Reviewer } from "@heaphound/identity";
import { errorMessage } from "@heaphound/service-kit";
import { RejectedError } from "../errors.js";

/** Who is streaming, as somebody other than the client says. */
export interface Admission {
  identity: PodIdentity;
  /** "Deployment/web", or empty. */
  workload: string;
}

/** Decides on a call by its metadata, before anything of it is read. Undefined: nobody is asked who he is. */
export type StreamGuard = (metadata: Metadata) => Promise<Admission | undefined>;

export const openToAll: StreamGuard = () => Promise.resolve(undefined);

/**
 * Admits pods that present a token bound to our audience. Throws RejectedError: UNAUTHENTICATED for a token that is not
 * good (the client re-reads its file and comes back), UNAVAILABLE when the API server does not answer.
 */
export function kubernetesGuard(reviewer: Reviewer, audience: string): StreamGuard {
  return async (metadata) => {
    const token = bearerOf(metadata.get("authorization")[0]?.toString());
    if (token === undefined) throw refused("no_token", "a projected service account token is needed");
    const review = await reviewer.review(token, [audience]).catch((error: unknown) => {
      throw new RejectedError(
        "identity_unavailable",
        `the API server does not review tokens: ${errorMessage(error)}`,
        status.UNAVAILABLE,
      );
    });
    if ("refused" in review) throw refused("token_refused", review.refused);
    const identity = podIdentityOf(review.user);
    if (!identity) throw refused("token_refused", `the token is ${review.user.name}'s, not bound to a pod`);
    return { identity, workload: await reviewer.workloadOfPod(identity.namespace, identity.pod) };
  };
}

function refused(reason: "no_token" | "token_refused", message: string): RejectedError {
  return new RejectedError(reason, message, status.UNAUTHENTICATED);
}

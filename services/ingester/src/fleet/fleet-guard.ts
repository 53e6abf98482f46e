import { status } from "@grpc/grpc-js";
import { RejectedError } from "../errors.js";
import type { StreamGuard } from "../identity/stream-guard.js";

/**
 * Lets only one service account speak for the cluster: the injector's, as `NAMESPACE/NAME`. The token is judged as a pod's is,
 * bound to our audience; being a pod is not enough here. Throws RejectedError.
 */
export function fleetGuard(guard: StreamGuard, account: string | undefined): StreamGuard {
  return async (metadata) => {
    const admission = await guard(metadata);
    if (!admission) return undefined; // nobody is asked who he is
    const { namespace, serviceAccount } = admission.identity;
    if (account !== undefined && `${namespace}/${serviceAccount}` === account) return admission;
    throw new RejectedError(
      "not_the_injector",
      `${namespace}/${serviceAccount} does not speak for the cluster: HEAPHOUND_FLEET_ACCOUNT names who does`,
      status.PERMISSION_DENIED,
    );
  };
}

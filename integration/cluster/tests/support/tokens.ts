// Containers that present another token than the one that they were given.
import type { Programs } from "./programs.ts";
import { pod, type Application } from "./workloads.ts";

type Parts = Pick<Application, "container" | "spec">;

/** Presents the file `token` of a volume. */
function presenting(volume: object): Parts {
  const container = {
    env: [{ name: "HEAPHOUND_TOKEN_FILE", value: "/other/token" }],
    volumeMounts: [{ name: "other", mountPath: "/other" }],
  };
  return { container, spec: { volumes: [{ name: "other", ...volume }] } };
}

const audience = "somebody-else";

/** A token of the pod itself, for another service. */
export const foreignToken = presenting({
  projected: { sources: [{ serviceAccountToken: { path: "token", audience, expirationSeconds: 600 } }] },
});

/** A token for Heaphound that was bound to a pod which is gone. */
export async function tokenOfGonePod(programs: Programs): Promise<Parts> {
  await programs.apply(pod(programs.application({ name: "gone", image: "pause", args: [], annotations: {} })));
  const bound = ["--bound-object-kind=Pod", "--bound-object-name=gone", "--audience=heaphound"];
  const token = await programs.kubectl("create", "token", "default", ...bound);
  await programs.kubectl("delete", "pod", "gone", "--now");
  await programs.apply({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "stolen", namespace: programs.namespace },
    stringData: { token: token.trim() },
  });
  return presenting({ secret: { secretName: "stolen" } });
}

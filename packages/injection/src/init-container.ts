import { longRunning } from "./containers.js";
import { INIT_CONTAINER, LIBRARY_DIRECTORY, LIBRARY_VOLUME } from "./names.js";
import type { Container, Pod, Resources } from "./pod.js";
import { parseQuantity } from "./quantity.js";
import type { InjectionSettings } from "./settings.js";

const NEEDED_MEMORY_BYTES = 16 * 2 ** 20;
const MIRRORED = ["cpu", "memory", "ephemeral-storage"];

/**
 * Resources of the init container: those of one of the pod's own containers. That keeps every promise at once: the pod's
 * quality of service class (all equal, some or none, as there), any LimitRange (the container passes it, so its twin
 * does), any ResourceQuota (it names what the containers had to name), and the scheduler's sum, since a pod needs the
 * greater of its init containers and the sum of its containers. Undefined: no container leaves the copier enough memory.
 */
export function initResources(pod: Pod): Resources | undefined {
  const fitting = longRunning(pod).filter(
    ({ resources }) => (parseQuantity(resources?.limits?.memory ?? "") ?? Infinity) >= NEEDED_MEMORY_BYTES,
  );
  const smallest = fitting.sort((one, other) => memoryOf(one) - memoryOf(other))[0];
  if (!smallest) return undefined;
  const { requests, limits } = smallest.resources ?? {};
  return { ...mirrored("requests", requests), ...mirrored("limits", limits) };
}

function memoryOf({ resources }: Container): number {
  return parseQuantity(resources?.requests?.memory ?? resources?.limits?.memory ?? "") ?? 0;
}

/** Devices and huge pages stay with the application. */
function mirrored(kind: keyof Resources, values: Record<string, string> | undefined): Resources {
  const kept = Object.entries(values ?? {}).filter(([name]) => MIRRORED.includes(name));
  return kept.length === 0 ? {} : { [kind]: Object.fromEntries(kept) };
}

/** Passes the Pod Security Standard "restricted". The image's user is numeric (65532) unless the pod names another. */
export function initContainer(pod: Pod, target: Container, settings: InjectionSettings, resources: Resources): unknown {
  return {
    name: INIT_CONTAINER,
    image: settings.image,
    imagePullPolicy: settings.imagePullPolicy,
    args: [LIBRARY_DIRECTORY],
    ...(Object.keys(resources).length === 0 ? {} : { resources }),
    securityContext: securityContext(pod, target),
    volumeMounts: [{ name: LIBRARY_VOLUME, mountPath: LIBRARY_DIRECTORY }],
  };
}

function securityContext(pod: Pod, target: Container): Record<string, unknown> {
  const { runAsUser, runAsGroup } = { ...pod.spec?.securityContext, ...target.securityContext };
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    privileged: false,
    readOnlyRootFilesystem: true,
    seccompProfile: { type: "RuntimeDefault" },
    ...(runAsUser === 0 ? {} : { runAsNonRoot: true }),
    ...(runAsUser === undefined ? {} : { runAsUser }),
    ...(runAsGroup === undefined ? {} : { runAsGroup }),
  };
}

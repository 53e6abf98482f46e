import { longRunning } from "./containers.js";
import { CA_BUNDLE, IDENTITY_VOLUME, LIBRARY_VOLUME, SPOOL_VOLUME } from "./names.js";
import type { Pod } from "./pod.js";
import { parseQuantity } from "./quantity.js";
import type { InjectionSettings } from "./settings.js";

const LIBRARY_LIMIT = "32Mi";
const MEBIBYTE = 2 ** 20;

/**
 * Bytes of spool per container. What a volume holds counts against the pod's ephemeral storage, and a pod over that
 * limit is evicted: the spools of all containers together stay under an eighth of the smallest limit.
 */
export function spoolBytesOf(pod: Pod, containers: number, settings: InjectionSettings): number {
  const limits = longRunning(pod).map(({ resources }) => parseQuantity(resources?.limits?.["ephemeral-storage"] ?? ""));
  const smallest = Math.min(...limits.map((limit) => limit ?? Infinity));
  const share = Math.floor(smallest / 8 / Math.max(1, containers) / MEBIBYTE) * MEBIBYTE;
  return Math.max(MEBIBYTE, Math.min(settings.spoolBytes, share));
}

/** The three volumes. The spool's limit has room for what the processes of dead containers left behind. */
export function volumesOf(settings: InjectionSettings, spoolBytes: number, containers: number): unknown[] {
  const spoolMebibytes = Math.ceil((spoolBytes / MEBIBYTE) * (containers + 1) * 4) + 16;
  return [
    { name: LIBRARY_VOLUME, emptyDir: { sizeLimit: LIBRARY_LIMIT } },
    { name: SPOOL_VOLUME, emptyDir: { sizeLimit: `${spoolMebibytes}Mi` } },
    { name: IDENTITY_VOLUME, projected: { defaultMode: 0o444, sources: identitySources(settings) } },
  ];
}

function identitySources({ audience, tokenSeconds, caBundle }: InjectionSettings): unknown[] {
  const token = { serviceAccountToken: { audience, expirationSeconds: tokenSeconds, path: "token" } };
  if (caBundle === "") return [token];
  const fieldRef = { fieldPath: `metadata.annotations['${CA_BUNDLE}']` };
  return [token, { downwardAPI: { items: [{ path: "ca.crt", fieldRef }] } }];
}

import type { Request } from "./annotations.js";
import { IDENTITY_DIRECTORY, SPOOL_DIRECTORY } from "./names.js";
import type { Container, EnvVar } from "./pod.js";
import type { Finding } from "./reasons.js";
import type { InjectionSettings } from "./settings.js";

export interface OwnEnv {
  variables: EnvVar[];
  findings: Finding[];
}

/** Our variables for one container. What the pod sets itself is kept: its owner knows better, and is told. */
export function ownEnv(
  container: Container,
  request: Request,
  settings: InjectionSettings,
  spoolBytes: number,
): OwnEnv {
  const set = new Set((container.env ?? []).map(({ name }) => name));
  const wanted = [...fixed(container.name, request, settings, spoolBytes), ...options(request)];
  const last = new Map(wanted.map((variable) => [variable.name, variable]));
  const findings = [...last.keys()]
    .filter((name) => set.has(name))
    .map((name): Finding => ({ code: "option_kept", container: container.name, detail: name }));
  return { variables: [...last.values()].filter(({ name }) => !set.has(name)), findings };
}

function options(request: Request): EnvVar[] {
  return request.options.map(([name, value]) => ({ name, value }));
}

function fixed(container: string, request: Request, settings: InjectionSettings, spoolBytes: number): EnvVar[] {
  const variables: EnvVar[] = [
    { name: "HEAPHOUND_SERVER", value: settings.server },
    { name: "HEAPHOUND_MODE", value: request.mode ?? settings.mode },
    field("HEAPHOUND_POD_NAMESPACE", "metadata.namespace"),
    field("HEAPHOUND_POD_NAME", "metadata.name"),
    field("HEAPHOUND_POD_UID", "metadata.uid"),
    { name: "HEAPHOUND_POD_CONTAINER", value: container },
    field("HEAPHOUND_POD_NODE", "spec.nodeName"),
    { name: "HEAPHOUND_TOKEN_FILE", value: `${IDENTITY_DIRECTORY}/token` },
    { name: "HEAPHOUND_SPOOL_DIR", value: SPOOL_DIRECTORY },
    { name: "HEAPHOUND_SPOOL_BYTES", value: String(spoolBytes) },
  ];
  if (settings.caBundle !== "") variables.push({ name: "HEAPHOUND_CA_FILE", value: `${IDENTITY_DIRECTORY}/ca.crt` });
  return variables;
}

function field(name: string, fieldPath: string): EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

import { LIBRARY, ORIGINAL_PRELOAD } from "./names.js";
import type { PatchBuilder } from "./patch.js";
import type { Container, EnvFrom, EnvVar, ValueFrom } from "./pod.js";
import type { Finding } from "./reasons.js";

const NAME = "LD_PRELOAD";
const OTHER_AGENTS = /dynatrace|oneagent|datadog|\/opt\/odigos|otel_injector|opentelemetry|appdynamics|instana/i;

/** Where a container's LD_PRELOAD stands. */
export interface PreloadContext {
  patch: PatchBuilder;
  /** JSON Pointer of the container. */
  path: string;
  container: Container;
  /** From the annotation: what the image sets by ENV. */
  existing: string | undefined;
}

/**
 * Puts our library first and keeps all others behind it: an allocator that is preloaded stays the allocator.
 *
 *     nothing            LD_PRELOAD=ours[:existing]
 *     value: X           LD_PRELOAD=ours:X
 *     valueFrom          HEAPHOUND_ORIGINAL_PRELOAD from there, then LD_PRELOAD=ours:$(HEAPHOUND_ORIGINAL_PRELOAD)
 *     envFrom            likewise, by an optional reference to the key LD_PRELOAD of each source
 *
 * A reference to a variable that does not exist stays in the text as it is, and the loader would complain about a file of
 * that name; so an optional source comes behind an empty default of the same variable.
 */
export function setPreload(context: PreloadContext): Finding[] {
  const { container } = context;
  const at = (container.env ?? []).findLastIndex(({ name }) => name === NAME);
  const current = container.env?.[at];
  if (current?.valueFrom) return fromElsewhere(context, at, current.valueFrom);
  if (current) return plain(context, at, current.value ?? "");
  return absent(context);
}

function plain({ patch, path, container }: PreloadContext, at: number, value: string): Finding[] {
  if (value.split(/[: ]+/).includes(LIBRARY)) return [];
  const rest = value.replace(/^[: ]+/, "");
  patch.replace(`${path}/env/${at}`, { name: NAME, value: rest === "" ? LIBRARY : `${LIBRARY}:${rest}` });
  return OTHER_AGENTS.test(value) ? [{ code: "other_agent", container: container.name, detail: value }] : [];
}

function fromElsewhere({ patch, path, container }: PreloadContext, at: number, source: ValueFrom): Finding[] {
  patch.replace(`${path}/env/${at}/name`, ORIGINAL_PRELOAD);
  let next = at + 1;
  if (isOptional(source)) {
    patch.add(`${path}/env/${at}`, { name: ORIGINAL_PRELOAD, value: "" });
    next++;
  }
  patch.add(`${path}/env/${next}`, behindOurs());
  return [{ code: "preload_not_plain", container: container.name }];
}

function absent({ patch, path, container, existing }: PreloadContext): Finding[] {
  const append = (variable: EnvVar): void => patch.append(`${path}/env`, container.env !== undefined, variable);
  const sources = (container.envFrom ?? []).flatMap(preloadOf);
  if (sources.length === 0 || existing !== undefined) {
    append({ name: NAME, value: existing ? `${LIBRARY}:${existing}` : LIBRARY });
    return [];
  }
  append({ name: ORIGINAL_PRELOAD, value: "" });
  for (const valueFrom of sources) append({ name: ORIGINAL_PRELOAD, valueFrom });
  append(behindOurs());
  return [{ code: "preload_may_come_from_env_from", container: container.name }];
}

function behindOurs(): EnvVar {
  return { name: NAME, value: `${LIBRARY}:$(${ORIGINAL_PRELOAD})` };
}

/** The key that would become LD_PRELOAD through this source; with a prefix that does not fit, there is none. */
function preloadOf({ prefix = "", configMapRef, secretRef }: EnvFrom): ValueFrom[] {
  if (!NAME.startsWith(prefix)) return [];
  const key = NAME.slice(prefix.length);
  if (configMapRef?.name) return [{ configMapKeyRef: { name: configMapRef.name, key, optional: true } }];
  if (secretRef?.name) return [{ secretKeyRef: { name: secretRef.name, key, optional: true } }];
  return [];
}

function isOptional({ configMapKeyRef, secretKeyRef }: ValueFrom): boolean {
  return (configMapKeyRef ?? secretKeyRef)?.optional === true;
}

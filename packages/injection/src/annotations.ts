import { CONTAINERS, EXCLUDE_CONTAINERS, EXISTING_PRELOAD, MODE, OPTIONS } from "./names.js";
import type { Pod } from "./pod.js";
import { MODES, type Mode } from "./settings.js";

/** What the annotations of a pod ask for. */
export interface Request {
  containers?: string[];
  excluded: string[];
  mode?: Mode;
  /** HEAPHOUND_* variables by their full names. */
  options: [name: string, value: string][];
  existingPreload?: string;
}

/** An annotation that cannot be read; the message names it and what it may hold. */
export class AnnotationError extends Error {}

const LIMIT_CHARACTERS = 4096;

/** Options that a pod's owner may set. The others belong to the injector: where to, as whom, with which files. */
const FREE_OPTIONS = new Set([
  "FREE_STACKS",
  "SAMPLE_BYTES",
  "CULL_MS",
  "FOLLOW",
  "MIN_EVENTS",
  "EXIT_WAIT_MS",
  "RING_BYTES",
  "SPOOL_BYTES",
  "LOG",
  "WAKE_AT",
  "BUDGET_CPU",
  "BUDGET_BYTES",
  "USABLE_SIZE",
  "SIGNALS",
]);

/** Throws AnnotationError. */
export function readRequest(pod: Pod): Request {
  const annotations = pod.metadata?.annotations ?? {};
  const request: Request = {
    excluded: readNames(annotations, EXCLUDE_CONTAINERS) ?? [],
    options: readOptions(annotations[OPTIONS]),
  };
  const containers = readNames(annotations, CONTAINERS);
  if (containers) request.containers = containers;
  const mode = annotations[MODE];
  if (mode !== undefined) request.mode = readMode(mode);
  const preload = annotations[EXISTING_PRELOAD];
  if (preload !== undefined) request.existingPreload = readPreload(preload);
  return request;
}

function readNames(annotations: Record<string, string>, key: string): string[] | undefined {
  const text = annotations[key];
  if (text === undefined) return undefined;
  const names = splitList(text, key);
  for (const name of names) {
    if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
      throw new AnnotationError(`${key}: "${name.slice(0, 80)}" is no container name; write names with commas between`);
  }
  return [...new Set(names)];
}

function splitList(text: string, key: string): string[] {
  if (text.length > LIMIT_CHARACTERS) throw new AnnotationError(`${key}: longer than ${LIMIT_CHARACTERS} characters`);
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function readMode(text: string): Mode {
  const mode = MODES.find((known) => known === text);
  if (!mode) throw new AnnotationError(`${MODE}: "${text.slice(0, 80)}" is none of ${MODES.join(", ")}`);
  return mode;
}

function readOptions(text: string | undefined): [string, string][] {
  if (text === undefined) return [];
  return splitList(text, OPTIONS).map((part) => {
    const at = part.indexOf("=");
    const name = part
      .slice(0, at)
      .trim()
      .toUpperCase()
      .replace(/^HEAPHOUND_/, "");
    if (at < 1 || !FREE_OPTIONS.has(name))
      throw new AnnotationError(
        `${OPTIONS}: "${part.slice(0, 80)}" is not one of NAME=VALUE with ${[...FREE_OPTIONS].join(", ")}`,
      );
    return [`HEAPHOUND_${name}`, part.slice(at + 1).trim()];
  });
}

function readPreload(text: string): string {
  if (text.length > LIMIT_CHARACTERS || !/^[\w./+:$ -]*$/.test(text))
    throw new AnnotationError(`${EXISTING_PRELOAD}: paths with colons or spaces between, nothing else`);
  return text.trim();
}

import { z } from "zod";
import { ConfigError } from "./errors.js";

/** The part of `process.env` that a configuration is read from. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Parses the environment by a schema whose keys are the variables' names. An empty variable counts as unset, since
 * container manifests cannot always leave one out. Throws one `ConfigError` that names every bad variable.
 */
export function loadConfig<Schema extends z.ZodObject>(schema: Schema, environment: Environment): z.output<Schema> {
  const present: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = environment[name];
    if (value !== undefined && value !== "") present[name] = value;
  }
  const parsed = schema.safeParse(present);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => describeIssue(issue, present));
  throw new ConfigError(
    `bad configuration: ${problems.join("; ")}`,
    "Correct these environment variables and start again.",
  );
}

function describeIssue(issue: z.core.$ZodIssue, present: Readonly<Record<string, string>>): string {
  const name = issue.path.map(String).join(".");
  const value = present[name];
  return value === undefined ? `${name} is not set (${issue.message})` : `${name}=${value}: ${issue.message}`;
}

/** A whole number within limits, e.g. `wholeNumber(1, 65535).default(7412)`. */
export function wholeNumber(min: number, max: number): z.ZodCoercedNumber {
  return z.coerce.number().int().min(min).max(max);
}

/** `1`, `true`, `yes`, `on` and their opposites. */
export const flag = z.stringbool();

const BYTE_UNITS: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** A size in bytes, plain or with a binary unit: `65536`, `64k`, `64KiB`, `64Ki`, `1.5G`. */
export const byteSize = z.string().transform((text, context) => {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])i?)?b?$/i.exec(text.trim());
  if (match) return Math.round(Number(match[1]) * (BYTE_UNITS[(match[2] ?? "").toLowerCase()] ?? 1));
  context.addIssue({ code: "custom", message: "expected a size such as 65536, 64k or 1.5GiB" });
  return z.NEVER;
});

/** An address to listen on. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** `host:port`, `[::1]:port` or `:port` (which means 127.0.0.1); port 0 asks for a free one. */
export const listenAddress = z.string().transform((text, context): ListenAddress => {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]*)):(\d{1,5})$/i.exec(text.trim());
  const port = Number(match?.[3] ?? -1);
  if (match && port <= 65_535) return { host: match[1] ?? (match[2] === "" ? "127.0.0.1" : (match[2] ?? "")), port };
  context.addIssue({ code: "custom", message: "expected HOST:PORT, for example 127.0.0.1:7412" });
  return z.NEVER;
});

export { z };

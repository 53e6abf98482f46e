import { parse, parseInstant, type Filter, type Instant, type Measure, type Weight } from "@heaphound/query";
import { AppError, z } from "@heaphound/service-kit";

/** What comes with an address: texts, once each. */
export type Query = Readonly<Record<string, unknown>>;

export const MEASURES = ["live", "allocated", "freed", "leaked", "temporary"] as const satisfies readonly Measure[];
export const WEIGHTS = ["bytes", "count"] as const satisfies readonly Weight[];

/** Text of a question, as a filter. */
export const question = z
  .string()
  .default("")
  .transform((text): Filter => {
    const result = parse(text);
    if (result.ok) return result.filter;
    const { message, position, advice } = result.error;
    throw new AppError(`${message} (at character ${position + 1} of the question)`, {
      code: "bad_question",
      advice,
      httpStatus: 400,
    });
  });

/** `5s`, `250ms`, `40%` or nanoseconds since the start of the process. */
export const instant = z.string().transform((text, context): Instant => {
  const parsed = parseInstant(text);
  if (parsed) return parsed;
  context.addIssue({
    code: "custom",
    message: "expected nanoseconds since the start of the process, 5s, 250ms or 40%",
  });
  return z.NEVER;
});

export const onOff = z.enum(["0", "1", "false", "true"]).transform((text) => text === "1" || text === "true");

export function count(min: number, max: number): z.ZodCoercedNumber {
  return z.coerce.number().int().min(min).max(max);
}

/** Parses the parameters of an address; what is wrong with them becomes one message. */
export function readQuery<Schema extends z.ZodObject>(schema: Schema, query: Query): z.output<Schema> {
  const unknown = Object.keys(query).filter((name) => !Object.hasOwn(schema.shape, name));
  const known = Object.keys(schema.shape).join(", ");
  if (unknown.length > 0) throw badParameters(`unknown parameter ${unknown.join(", ")}`, `Known here: ${known}.`);
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.map(String).join(".")}: ${issue.message}`);
  throw badParameters(problems.join("; "), `Correct the parameters; see /docs.`);
}

function badParameters(message: string, advice: string): AppError {
  return new AppError(message, { code: "bad_parameters", advice, httpStatus: 400 });
}

import createClient, { type Client } from "openapi-fetch";
import type { ApiError } from "@heaphound/query";
import { CliError, exitCodes } from "../errors.js";
import type { operations, paths } from "./schema.js";

/** The HTTP API by its description: `api.GET("/api/v1/processes", ...)`. Every error it throws says what to do. */
export type Api = Client<paths>;

/** Parameters of an operation, as the description has them. */
export type Query<Operation extends keyof operations> = NonNullable<operations[Operation]["parameters"]["query"]>;

/** `token` says who asks, where the API wants to know. */
export function apiAt(url: string, token?: string): Api {
  const api = createClient<paths>({
    baseUrl: url,
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  });
  api.use({
    onError: ({ error }) => unreachable(url, error),
    onResponse: async ({ request, response }) => {
      if (!response.ok) throw await refusal(response, new URL(request.url));
    },
  });
  return api;
}

/** The answer itself: whatever went wrong has been thrown by then. */
export async function answerOf<Shape>(asked: Promise<{ data?: Shape }>): Promise<NonNullable<Shape>> {
  const { data } = await asked;
  if (data === undefined || data === null)
    throw new CliError("the API sent an empty answer", { advice: "Its log says why." });
  return data;
}

/** Parameters without those that were not given. */
export function given<Values extends object>(values: Values): Given<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>;
}

type Given<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> };

function unreachable(url: string, cause: unknown): CliError {
  return new CliError(`the API at ${url} does not answer`, {
    advice: "`heaphound up` starts a local stack; --api URL names another one.",
    exitCode: exitCodes.unreachable,
    cause,
  });
}

async function refusal(response: Response, url: URL): Promise<CliError> {
  const text = await response.text();
  const exitCode = response.status === 404 ? exitCodes.notFound : exitCodes.failed;
  const error = apiErrorIn(text);
  if (error) return new CliError(error.message, { advice: `${error.advice} (request ${error.requestId})`, exitCode });
  return new CliError(`${url.pathname} answered ${response.status}: ${text.slice(0, 200)}`, {
    advice: "Is this address the API of a Heaphound of the same version?",
    exitCode,
  });
}

function apiErrorIn(text: string): ApiError["error"] | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null && "error" in body ? (body as ApiError).error : undefined;
  } catch {
    return undefined;
  }
}

import type { ApiError } from "@heaphound/query";
import { CliError, exitCodes } from "../errors.js";

export type Parameters = Readonly<Record<string, string | number | undefined>>;

function isApiError(value: unknown): value is ApiError {
  return typeof value === "object" && value !== null && "error" in value;
}

/** Asks the HTTP API. Every error it throws says what to do. */
export class ApiClient {
  readonly baseUrl: string;

  constructor(
    baseUrl: string,
    /** Who asks, where the API wants to know. */
    private readonly token?: string,
  ) {
    this.baseUrl = baseUrl.replace(/\/$/, "");
  }

  /** The result shapes are those of @heaphound/query, which the API returns as they are. */
  async get<Shape>(path: string, parameters: Parameters = {}): Promise<Shape> {
    const response = await this.open(path, parameters);
    return (await response.json()) as Shape;
  }

  async post<Shape>(path: string, body: unknown): Promise<Shape> {
    const headers = { "content-type": "application/json" };
    const response = await this.open(path, {}, { method: "POST", headers, body: JSON.stringify(body) });
    return (await response.json()) as Shape;
  }

  /** The answer with its body still to be read, for downloads. */
  async open(path: string, parameters: Parameters = {}, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.token !== undefined) headers.set("authorization", `Bearer ${this.token}`);
    const url = new URL(`${this.baseUrl}/api/v1${path}`);
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    let response: Response;
    try {
      response = await fetch(url, { ...init, headers });
    } catch (cause) {
      throw new CliError(`the API at ${this.baseUrl} does not answer`, {
        advice: "`heaphound up` starts a local stack; --api URL names another one.",
        exitCode: exitCodes.unreachable,
        cause,
      });
    }
    if (!response.ok) throw await refusal(response, url);
    return response;
  }
}

async function refusal(response: Response, url: URL): Promise<CliError> {
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  const exitCode = response.status === 404 ? exitCodes.notFound : exitCodes.failed;
  if (isApiError(body)) {
    return new CliError(body.error.message, {
      advice: `${body.error.advice} (request ${body.error.requestId})`,
      exitCode,
    });
  }
  return new CliError(`${url.pathname} answered ${response.status}: ${text.slice(0, 200)}`, {
    advice: "Is this address the API of a Heaphound of the same version?",
    exitCode,
  });
}

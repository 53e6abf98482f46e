import type { ApiError } from "./shapes";

/** What went wrong, what to do, and the id that the API's log knows it by. */
export class ApiFailure extends Error {
  constructor(
    message: string,
    readonly advice: string,
    readonly requestId: string | null,
    readonly status: number,
  ) {
    super(message);
    this.name = "ApiFailure";
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

/** Path and query of an API resource; parameters without a value are left out. */
export function apiUrl(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined && value !== "") params.set(name, String(value));
  const text = params.toString();
  return `/api/v1${path}${text === "" ? "" : `?${text}`}`;
}

export function processPath(process: string, view = ""): string {
  return `/processes/${encodeURIComponent(process)}${view === "" ? "" : `/${view}`}`;
}

/** Fetches JSON of a known shape. The shapes are one package for both sides, so they are trusted, not checked again. */
export async function getJson<T>(path: string, query: Query, signal?: AbortSignal): Promise<T> {
  const response = await send(apiUrl(path, query), signal ? { signal } : {});
  return (await response.json()) as T;
}

export async function postJson<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await send(apiUrl(path), signal ? { ...init, signal } : init);
  return (response.status === NO_CONTENT ? undefined : await response.json()) as T;
}

const NO_CONTENT = 204;

export async function deleteAt(path: string): Promise<void> {
  await send(apiUrl(path), { method: "DELETE" });
}

async function send(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause;
    throw new ApiFailure(
      "The GUI's server does not answer.",
      "Is it still running? `npm run -s heaphound -- status` says so.",
      null,
      0,
    );
  }
  if (!response.ok) throw await failureOf(response);
  return response;
}

async function failureOf(response: Response): Promise<ApiFailure> {
  const requestId = response.headers.get("x-request-id");
  const body: unknown = await response.json().catch(() => null);
  if (isApiError(body)) {
    const { message, advice, requestId: id } = body.error;
    return new ApiFailure(message, advice, id || requestId, response.status);
  }
  return new ApiFailure(
    `The API answered with status ${response.status}.`,
    "Try again; its log says more.",
    requestId,
    response.status,
  );
}

function isApiError(body: unknown): body is ApiError {
  const error = typeof body === "object" && body !== null && "error" in body ? body.error : null;
  return typeof error === "object" && error !== null && "message" in error && typeof error.message === "string";
}

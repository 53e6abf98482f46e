import type { BackendSrv, BackendSrvRequest, FetchError, FetchResponse, TemplateSrv } from "@grafana/runtime";
import type { ScopedVars } from "@grafana/data";
import { from } from "rxjs";
import type { Values } from "./contract.js";

/** Requests as Grafana's own service makes them: the answer's JSON, or an error that has it. */
export function backendService(): BackendSrv {
  return { fetch: <T>(request: BackendSrvRequest) => from(send<T>(request)) } as Pick<
    BackendSrv,
    "fetch"
  > as BackendSrv;
}

async function send<T>(request: BackendSrvRequest): Promise<FetchResponse<T>> {
  const parameters = Object.entries((request.params ?? {}) as Record<string, string | number>);
  const query = new URLSearchParams(parameters.map(([name, value]) => [name, String(value)]));
  const response = await fetch(`${request.url}?${query.toString()}`);
  const { status, statusText, ok } = response;
  const data = (await response.json().catch(() => undefined)) as T;
  if (ok) return { data, status, statusText, ok } as FetchResponse<T>;
  throw Object.assign(new Error(statusText), { status, statusText, data, config: request } satisfies FetchError);
}

type Format = (value: string | string[]) => string;

/** What custom all values look like: Grafana does not format them. */
export const ALL = ".*";

/** Variables in the forms `$name`, `${name}` and `${name:format}`. */
export function templateService(values: () => Values): TemplateSrv {
  const replace = (text = "", scoped: ScopedVars = {}, format?: string | Format): string =>
    text.replace(/\$(\w+)|\$\{(\w+)(?::(\w+))?\}/g, (whole: string, plain?: string, braced?: string, own?: string) => {
      const name = plain ?? braced ?? "";
      const value = (scoped[name]?.value ?? values()[name]) as string | string[] | undefined;
      if (value === undefined) return whole;
      if (own === "queryparam") return `var-${name}=${encodeURIComponent(String(value))}`;
      if (value === ALL || typeof format !== "function") return [value].flat().join(",");
      return format(value);
    });
  return {
    replace,
    getVariables: () => [],
    containsTemplate: () => false,
    updateTimeRange: () => undefined,
  };
}

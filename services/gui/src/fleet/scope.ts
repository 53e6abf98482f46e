import type { PodScope } from "../api/fleet";

/** Which pods the lower table shows: it lives in the address, as every question does. */
export function parseScope(params: URLSearchParams): PodScope {
  const value = (name: string): string | null => {
    const text = params.get(name);
    return text === null || text === "" ? null : text.slice(0, 300);
  };
  return { namespace: value("namespace"), workload: value("workload"), code: value("code") };
}

/** With a question mark, or nothing when all pods are meant. */
export function printScope(scope: PodScope): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(scope)) if (typeof value === "string") params.set(name, value);
  return params.size === 0 ? "" : `?${params.toString()}`;
}

/** "Deployment/web in shop, not_reporting", or nothing. */
export function describeScope({ namespace, workload, code }: PodScope): string {
  const where = [workload, namespace === null ? null : `in ${namespace}`].filter((part) => part !== null).join(" ");
  return [where, code ?? ""].filter((part) => part !== "").join(", ");
}

import { refusalIn, type Observation } from "@heaphound/injection";
import { answerOf, type Api } from "../api/client.js";

/** What only the API knows of a pod: what has come from it, and whether ingesters turned it away. */
export type Arrived = Pick<Observation, "reported" | "refusal">;

const MOST = 1000;

export async function arrivedOf(asked: { pod: string; namespace: string }, api: Api): Promise<Arrived> {
  const q = `pod = ${JSON.stringify(asked.pod)} and namespace = ${JSON.stringify(asked.namespace)}`;
  const [{ processes }, { pods }] = await Promise.all([
    answerOf(api.GET("/api/v1/processes", { params: { query: { q, limit: MOST } } })),
    answerOf(api.GET("/api/v1/coverage/pods", { params: { query: { ...asked, limit: 1 } } })),
  ]);
  const reported = new Map<string, number>();
  for (const { container, allocations } of processes)
    reported.set(container, (reported.get(container) ?? 0) + allocations);
  const refusal = refusalIn(pods.flatMap(({ containers }) => containers.flatMap(({ findings }) => findings)));
  return { reported, ...(refusal && { refusal }) };
}

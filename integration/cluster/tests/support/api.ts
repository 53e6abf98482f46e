import type { ProcessList, ProcessSummary } from "@heaphound/query";
import { until, type UntilOptions } from "../../src/until.ts";

/** The API as somebody with a Kubernetes token sees it. */
export class Api {
  readonly url: string;
  private readonly token: string;

  constructor(url: string, token: string) {
    this.url = url;
    this.token = token;
  }

  /** `path` begins behind /api/v1. */
  answer(path: string): Promise<Response> {
    return fetch(`${this.url}/api/v1${path}`, { headers: { authorization: `Bearer ${this.token}` } });
  }

  async get<T>(path: string): Promise<T> {
    const response = await this.answer(path);
    if (!response.ok) throw new Error(`${path}: ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  async processes(question: string): Promise<ProcessSummary[]> {
    const { processes } = await this.get<ProcessList>(`/processes?q=${encodeURIComponent(question)}&limit=1000`);
    return processes;
  }

  /** The processes of a pod that suit, as soon as there are any. */
  async ofPod(
    namespace: string,
    pod: string,
    suits: (process: ProcessSummary) => boolean = () => true,
    options: UntilOptions = {},
  ): Promise<ProcessSummary[]> {
    const question = `namespace = "${namespace}" and pod = "${pod}"`;
    const find = async (): Promise<ProcessSummary[]> => {
      const found = await this.processes(question);
      const suitable = found.filter(suits);
      if (suitable.length === 0) throw new Error(found.map(described).join("; ") || "none");
      return suitable;
    };
    return until(`a process with ${question}`, find, { timeoutMs: 60_000, ...options });
  }
}

function described({ name, running, endReason, allocations, frees, lossCount }: ProcessSummary): string {
  return JSON.stringify({ name, running, endReason, allocations, frees, lossCount });
}

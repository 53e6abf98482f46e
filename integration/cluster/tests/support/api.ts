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

  async processes(question: string): Promise<ProcessSummary[]> {
    const url = `${this.url}/api/v1/processes?q=${encodeURIComponent(question)}&limit=1000`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${this.token}` } });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    return ((await response.json()) as ProcessList).processes;
  }

  /** The processes of a pod, as soon as there are any that suit. */
  async ofPod(
    namespace: string,
    pod: string,
    suits: (process: ProcessSummary) => boolean = () => true,
    options: UntilOptions = {},
  ): Promise<ProcessSummary[]> {
    return this.suitable(`namespace = "${namespace}" and pod = "${pod}"`, suits, options);
  }

  private suitable(
    question: string,
    suits: (process: ProcessSummary) => boolean,
    options: UntilOptions = {},
  ): Promise<ProcessSummary[]> {
    const find = async (): Promise<ProcessSummary[] | undefined> => {
      const found = await this.processes(question);
      return found.some(suits) ? found : undefined;
    };
    return until(`a process with ${question}`, find, { timeoutMs: 60_000, ...options });
  }
}

import type { ProcessList, ProcessSummary } from "@heaphound/query";
import { until, type UntilOptions } from "../../src/until.ts";

/** The API as a reader in front of it sees it. */
export class Api {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async processes(question: string): Promise<ProcessSummary[]> {
    const response = await fetch(`${this.url}/api/v1/processes?q=${encodeURIComponent(question)}&limit=1000`);
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
    const find = async (): Promise<ProcessSummary[] | undefined> => {
      const found = await this.processes(`namespace = "${namespace}" and pod = "${pod}"`);
      return found.some(suits) ? found : undefined;
    };
    return until(`a process of ${namespace}/${pod}`, find, { timeoutMs: 60_000, ...options });
  }
}

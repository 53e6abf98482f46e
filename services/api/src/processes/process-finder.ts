import { currentRequest } from "../http/request-context.js";
import type { ProcessSummary } from "@heaphound/query";
import { compileFindProcess, type ProcessReference } from "@heaphound/query/server";
import { AppError } from "@heaphound/service-kit";
import type { Database } from "../database/database.js";
import { toSummary, type ProcessRow } from "./process-rows.js";

/** Finds the process that an address names: by key, unique prefix of a key, pod name, or `latest`. */
export class ProcessFinder {
  constructor(private readonly database: Database) {}

  async find(reference: string): Promise<ProcessSummary> {
    const matches = await this.matches(referenceOf(reference));
    const [first, second] = matches;
    if (!first) throw await this.unknown(reference);
    // A pod may have restarted: its name means the newest run. A prefix of keys must be unique.
    if (second && first.pod !== reference) throw ambiguous(reference, matches);
    return first;
  }

  private async matches(reference: ProcessReference): Promise<ProcessSummary[]> {
    const rows = await this.database.rows<ProcessRow>(
      "find-process",
      compileFindProcess(reference, currentRequest()?.namespaces),
    );
    return rows.map(toSummary);
  }

  private async unknown(reference: string): Promise<AppError> {
    const [newest] = await this.matches({ by: "latest" });
    const advice = newest
      ? `The newest process is ${describe(newest)}; GET /api/v1/processes lists all.`
      : "Nothing has been recorded yet: `heaphound run -- PROGRAM` records a first process.";
    return new AppError(`there is no process ${JSON.stringify(reference)}`, {
      code: "unknown_process",
      advice,
      httpStatus: 404,
    });
  }
}

function referenceOf(text: string): ProcessReference {
  if (text === "latest") return { by: "latest" };
  return /^[0-9a-f]{1,16}$/i.test(text) ? { by: "either", text: text.toLowerCase() } : { by: "pod", pod: text };
}

function ambiguous(reference: string, matches: readonly ProcessSummary[]): AppError {
  return new AppError(`${reference} may mean several processes`, {
    code: "ambiguous_process",
    advice: `For example ${matches.map(describe).join(", ")}. Give more digits.`,
    httpStatus: 404,
  });
}

function describe({ process, name }: ProcessSummary): string {
  return `${process} (${name})`;
}

import type { Coverage, CoverageCause, CoverageCounts, CoveragePods, CoverageWorkload } from "@heaphound/query";
import {
  compileCoveragePods,
  compileCoverageTime,
  compileCoverageWorkloads,
  compileOomKillsOfWorkloads,
  type CoveragePodsQuestion,
  type CoverageQuestion,
} from "@heaphound/query/server";
import type { Database } from "../database/database.js";
import { currentRequest } from "../http/request-context.js";
import { plural } from "../views/format.js";
import { toPods, type ContainerRow } from "./coverage-rows.js";
import { reasonOf } from "./reason-of.js";

interface WorkloadRow extends CoverageCounts {
  namespace: string;
  workload: string;
  restarts: number;
  codes: string[];
  total: number;
}

type Question = Omit<CoverageQuestion, "namespaces">;

const DAY_NS = 86_400_000_000_000n;
/** The injector reports every ten seconds what has changed, and everything every five minutes. */
const STALE_MS = 600_000;

/** Who asked for profiles, who got the library, who reports; within what the reader may see. */
export class CoverageService {
  constructor(
    private readonly database: Database,
    private readonly nowMs: () => number = Date.now,
  ) {}

  async coverage(question: Question): Promise<Coverage> {
    const scoped = { ...question, namespaces: currentRequest()?.namespaces };
    const since = BigInt(this.nowMs()) * 1_000_000n - DAY_NS;
    const [times, rows, kills] = await Promise.all([
      this.database.rows<{ reported: string }>("coverage-time", compileCoverageTime()),
      this.database.rows<WorkloadRow>("coverage", compileCoverageWorkloads(scoped)),
      this.database.rows<{ namespace: string; workload: string; kills: number }>(
        "oom-kills-of-workloads",
        compileOomKillsOfWorkloads(scoped, since),
      ),
    ]);
    const reported = times[0]?.reported ?? "0";
    const killsOf = new Map(kills.map((row) => [`${row.namespace}/${row.workload}`, row.kills]));
    const workloads = rows.map((row) => toWorkload(row, killsOf.get(`${row.namespace}/${row.workload}`) ?? 0));
    const counts = sumOf(rows);
    return {
      ...counts,
      reportedUnixNs: reported === "0" ? null : reported,
      isStale: reported !== "0" && this.nowMs() - Number(BigInt(reported) / 1_000_000n) > STALE_MS,
      sentence: sentenceOf(counts, rows[0]?.total ?? 0),
      causes: causesOf(rows),
      workloads,
      totalWorkloads: rows[0]?.total ?? 0,
    };
  }

  async pods(question: Omit<CoveragePodsQuestion, "namespaces">): Promise<CoveragePods> {
    const compiled = compileCoveragePods({ ...question, namespaces: currentRequest()?.namespaces });
    const rows = await this.database.rows<ContainerRow>("coverage-pods", compiled);
    return { total: rows[0]?.total ?? 0, pods: toPods(rows) };
  }
}

function sumOf(rows: readonly WorkloadRow[]): CoverageCounts {
  const sum = (of: keyof CoverageCounts): number => rows.reduce((all, row) => all + row[of], 0);
  return { asked: sum("asked"), injected: sum("injected"), reporting: sum("reporting") };
}

function sentenceOf({ asked, injected, reporting }: CoverageCounts, workloads: number): string {
  if (asked === 0) return "Nobody has asked for the profiles of a pod";
  const where = `of ${plural(workloads, "workload")}`;
  if (reporting === asked) return `All ${plural(asked, "pod")} ${where} report`;
  return `${reporting} of ${plural(asked, "pod")} ${where} report; ${injected} have the library`;
}

/** Codes of pods without profiles with how many there are, the commonest first. */
function countCodes(codes: readonly string[]): { code: string; pods: number }[] {
  const counts = new Map<string, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, pods]) => ({ code, pods })).sort((a, b) => b.pods - a.pods);
}

function toWorkload({ codes, ...row }: WorkloadRow, oomKills: number): CoverageWorkload {
  const { namespace, workload, asked, injected, reporting, restarts } = row;
  return { namespace, workload, asked, injected, reporting, restarts, oomKills, causes: countCodes(codes) };
}

/** What only wants patience comes last. */
function causesOf(rows: readonly WorkloadRow[]): CoverageCause[] {
  const causes = countCodes(rows.flatMap(({ codes }) => codes)).map(({ code, pods }) => ({
    code,
    pods,
    ...reasonOf(code),
  }));
  const isInfo = ({ severity }: CoverageCause): number => Number(severity === "info");
  return causes.sort((a, b) => isInfo(a) - isInfo(b));
}

import Link from "next/link";
import type { ReactNode } from "react";
import type { PodScope } from "../api/fleet";
import type { Coverage, CoverageWorkload } from "../api/shapes";
import { formatCount } from "../format/format";
import { CoverageBar } from "./coverage-bar";
import { printScope } from "./scope";
import styles from "./fleet.module.css";

/** How many of how many, per workload; those with gaps first. */
export function WorkloadTable({ coverage, scope }: { coverage: Coverage; scope: PodScope }): ReactNode {
  const { workloads, totalWorkloads } = coverage;
  return (
    <>
      <div className={styles.tableBox}>
        <table className={styles.table} aria-label="Workloads">
          <thead>
            <tr>
              <th scope="col">Workload</th>
              <th scope="col">Namespace</th>
              <th scope="col">Reporting</th>
              <th scope="col" className={styles.number}>
                Pods
              </th>
              <th scope="col" className={styles.number}>
                Injected
              </th>
              <th scope="col" className={styles.number}>
                Restarts
              </th>
              <th scope="col" className={styles.number} title="Containers killed for their memory in the last day">
                OOM kills
              </th>
              <th scope="col">Missing because</th>
            </tr>
          </thead>
          <tbody>
            {workloads.map((row) => (
              <Row key={`${row.namespace}/${row.workload}`} row={row} scope={scope} />
            ))}
          </tbody>
        </table>
      </div>
      {totalWorkloads > workloads.length && (
        <p className={styles.muted}>
          The first {formatCount(workloads.length)} of {formatCount(totalWorkloads)} workloads.
        </p>
      )}
    </>
  );
}

function Row({ row, scope }: { row: CoverageWorkload; scope: PodScope }): ReactNode {
  const isChosen = scope.namespace === row.namespace && scope.workload === row.workload;
  const next: PodScope = isChosen
    ? { ...scope, namespace: null, workload: null }
    : { ...scope, namespace: row.namespace, workload: row.workload };
  return (
    <tr aria-selected={isChosen}>
      <td>
        <Link href={`/coverage${printScope(next)}`} scroll={false}>
          {row.workload}
        </Link>
      </td>
      <td>{row.namespace}</td>
      <td className={styles.barCell}>
        <CoverageBar {...row} />
        <span className={styles.of}>
          {row.reporting} of {row.asked}
        </span>
      </td>
      <td className={styles.number}>{formatCount(row.asked)}</td>
      <td className={styles.number}>{formatCount(row.injected)}</td>
      <td className={styles.number}>{formatCount(row.restarts)}</td>
      <td className={`${styles.number ?? ""} ${row.oomKills > 0 ? (styles.bad ?? "") : ""}`}>
        {formatCount(row.oomKills)}
      </td>
      <td className={styles.muted}>{row.causes.map(({ code, pods }) => `${code} (${pods})`).join(", ")}</td>
    </tr>
  );
}

"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import { useCoveragePods, type PodScope } from "../api/fleet";
import type { CoverageContainer, CoveragePod } from "../api/shapes";
import { formatCount } from "../format/format";
import { Exact } from "../ui/exact";
import { Failure, SkeletonRows } from "../ui/states";
import { describeScope, printScope } from "./scope";
import styles from "./fleet.module.css";

const LIMIT = 100;

/** Pods one by one, those without profiles first, with every cause that is possible. */
export function PodTable({ scope }: { scope: PodScope }): ReactNode {
  const { data, error, refetch } = useCoveragePods(scope, LIMIT);
  if (error !== null) return <Failure compact error={error} retry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={8} />;
  const said = describeScope(scope);
  return (
    <section aria-label="Pods">
      <h2 className={styles.heading}>
        {formatCount(data.total)} {data.total === 1 ? "pod" : "pods"} {said === "" ? "" : `of ${said}`}
        {said !== "" && (
          <Link href={`/coverage${printScope({ namespace: null, workload: null, code: null })}`} scroll={false}>
            show all
          </Link>
        )}
      </h2>
      <div className={styles.tableBox}>
        <table className={styles.table} aria-label="Pods">
          <thead>
            <tr>
              <th scope="col">Pod</th>
              <th scope="col">Container</th>
              <th scope="col">State</th>
              <th scope="col" className={styles.number}>
                Restarts
              </th>
              <th scope="col" className={styles.number}>
                Memory limit
              </th>
              <th scope="col">Profiles</th>
            </tr>
          </thead>
          <tbody>
            {data.pods.flatMap((pod) =>
              pod.containers.map((container, index) => (
                <Row
                  key={`${pod.namespace}/${pod.pod}/${container.container}`}
                  pod={pod}
                  container={container}
                  isFirst={index === 0}
                />
              )),
            )}
          </tbody>
        </table>
      </div>
      {data.total > data.pods.length && (
        <p className={styles.muted}>
          The first {formatCount(data.pods.length)} of {formatCount(data.total)} pods; choose a workload or a cause.
        </p>
      )}
    </section>
  );
}

interface RowProps {
  pod: CoveragePod;
  container: CoverageContainer;
  isFirst: boolean;
}

function Row({ pod, container, isFirst }: RowProps): ReactNode {
  const { state, stateReason, restarts, limitBytes } = container;
  return (
    <tr>
      <td title={`${pod.namespace} / ${pod.workload} on ${pod.node}`}>{isFirst && <PodName pod={pod} />}</td>
      <td>{container.container || <span className={styles.muted}>not injected</span>}</td>
      <td>{[state || pod.phase.toLowerCase(), stateReason].filter((text) => text !== "").join(", ")}</td>
      <td className={styles.number}>{formatCount(restarts)}</td>
      <td className={styles.number}>
        <Exact value={limitBytes} unit="bytes" none="none" />
      </td>
      <td className={styles.findings}>
        <Findings container={container} />
      </td>
    </tr>
  );
}

/** A pod that has sent something has a page of its newest process. */
function PodName({ pod: { pod, containers } }: { pod: CoveragePod }): ReactNode {
  const hasProfiles = containers.some(({ reporting }) => reporting);
  return hasProfiles ? <Link href={`/p/${encodeURIComponent(pod)}`}>{pod}</Link> : pod;
}

function Findings({ container: { findings, reporting, lastEnd } }: { container: CoverageContainer }): ReactNode {
  const ended = lastEnd === null ? "" : `Last run: ${lastEnd.reason || "ended"}, exit code ${lastEnd.exitCode}. `;
  return (
    <ul className={styles.findingList}>
      {findings.map(({ code, severity, title, advice, detail }, index) => (
        <li key={code} data-severity={reporting && severity === "info" ? "ok" : severity} title={`${ended}${advice}`}>
          {index > 0 && <span className={styles.muted}>or </span>}
          {title}
          {detail !== "" && <span className={styles.muted}>: {detail}</span>}
        </li>
      ))}
    </ul>
  );
}

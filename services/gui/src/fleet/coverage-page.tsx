"use client";
import { useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { useEffect } from "react";
import { useCoverage } from "../api/fleet";
import type { Coverage } from "../api/shapes";
import { formatDuration } from "../format/format";
import { Shell } from "../ui/shell";
import { Command, Failure, Notice, SkeletonRows } from "../ui/states";
import { CauseList } from "./cause-list";
import { CoverageBar } from "./coverage-bar";
import { PodTable } from "./pod-table";
import { parseScope } from "./scope";
import { WorkloadTable } from "./workload-table";
import styles from "./fleet.module.css";

/** Whose profiles there are, whose are missing, why, and what to do about it. */
export function CoveragePage(): ReactNode {
  const { data, error, refetch } = useCoverage();
  useEffect(() => {
    document.title = "Coverage · Heaphound";
  }, []);
  return (
    <Shell>
      {error !== null ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <SkeletonRows rows={16} />
      ) : (
        <Content coverage={data} />
      )}
    </Shell>
  );
}

function Content({ coverage }: { coverage: Coverage }): ReactNode {
  const scope = parseScope(new URLSearchParams(useSearchParams().toString()));
  if (coverage.reportedUnixNs === null)
    return (
      <Notice
        title="No cluster has reported yet"
        next="Coverage comes from Heaphound's injector in Kubernetes. Programs on this machine are in the list of processes."
      >
        <Command text="kubectl heaphound check" />
      </Notice>
    );
  if (coverage.asked === 0)
    return (
      <Notice
        title="Nobody has asked for the profiles of a pod that you may see"
        next="A label on the pod template asks for them; the workload restarts and appears here."
      >
        <Command text="kubectl heaphound annotate deployment/NAME -n NAMESPACE" />
      </Notice>
    );
  return (
    <div className={styles.page}>
      <p className={styles.sentence}>{coverage.sentence}</p>
      <div className={styles.total}>
        <CoverageBar {...coverage} />
        <Age coverage={coverage} />
      </div>
      <CauseList causes={coverage.causes} scope={scope} />
      <WorkloadTable coverage={coverage} scope={scope} />
      <PodTable scope={scope} />
    </div>
  );
}

function Age({ coverage: { reportedUnixNs, isStale } }: { coverage: Coverage }): ReactNode {
  const ageNs = Date.now() * 1e6 - Number(reportedUnixNs ?? 0);
  const text = `last change reported ${formatDuration(Math.max(0, ageNs))} ago`;
  if (!isStale) return <span className={styles.muted}>{text}</span>;
  return (
    <span className={styles.stale} role="status">
      {text}: is the injector running? These figures may be old.
    </span>
  );
}

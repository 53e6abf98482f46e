"use client";
import type { ReactNode } from "react";
import { useMaps } from "../api/queries";
import { formatBytes } from "../format/format";
import { timeParams } from "../question/params";
import type { Question } from "../question/question";
import { Failure, Notice, SkeletonRows } from "../ui/states";
import { AllocatorsTable, SettingsTable } from "./allocators-table";
import { MappingsTable } from "./mappings-table";
import { MemoryBar } from "./memory-bar";
import styles from "./maps.module.css";

/** The address space at the moment of the question: what is mapped, what of it is resident, and who mapped it. */
export function MapsView({ process, question }: { process: string; question: Question }): ReactNode {
  const { at, to } = timeParams(question);
  const moment = at ?? to;
  const { data, error, isPlaceholderData, refetch } = useMaps(process, moment === undefined ? {} : { at: moment });
  if (error !== null) return <Failure compact error={error} retry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={12} />;
  return (
    <div
      className={styles.view}
      data-busy={isPlaceholderData ? "" : undefined}
      tabIndex={0}
      role="region"
      aria-label="Memory map"
    >
      <p className={styles.sentence}>{data.sentence}</p>
      {data.memory !== null && <MemoryBar memory={data.memory} mappings={data.mappings} />}
      <AllocatorsTable allocators={data.allocators} />
      <SettingsTable settings={data.settings} stacks={data.stacks} />
      {data.mappings.length > 0 ? (
        <MappingsTable maps={data} />
      ) : (
        <Notice
          title="The kernel's list of mappings was not read by then"
          next={`It is read once a process is 0.1 s old, and again when it changes; ${formatBytes(data.memory?.residentBytes ?? 0)} were resident.`}
        />
      )}
    </div>
  );
}

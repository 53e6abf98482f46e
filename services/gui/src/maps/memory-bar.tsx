import type { ReactNode } from "react";
import type { MappingRow, MemoryFacts } from "../api/shapes";
import { formatShare } from "../format/format";
import { Exact } from "../ui/exact";
import { memoryParts, sum } from "./parts";
import styles from "./maps.module.css";

interface MemoryBarProps {
  memory: MemoryFacts;
  mappings: readonly MappingRow[];
}

/** Resident memory in one bar, and the same in words. */
export function MemoryBar({ memory, mappings }: MemoryBarProps): ReactNode {
  const parts = memoryParts(memory, mappings);
  const total = Math.max(
    1,
    sum(parts, ({ bytes }) => bytes),
  );
  return (
    <div className={styles.memory}>
      <div className={styles.bar} aria-hidden="true">
        {parts.map(({ name, token, bytes }) => (
          <span key={name} style={{ flexGrow: bytes / total, background: `var(--hh-${token})` }} title={name} />
        ))}
      </div>
      <dl className={styles.legend} aria-label="Parts of the resident memory">
        {parts.map(({ name, means, token, bytes }) => (
          <div key={name} title={means}>
            <dt>
              <span className={styles.mark} style={{ background: `var(--hh-${token})` }} aria-hidden="true" />
              {name}
            </dt>
            <dd>
              <Exact value={bytes} unit="bytes" /> <span className={styles.share}>{formatShare(bytes / total)}</span>
            </dd>
          </div>
        ))}
        <Limit memory={memory} />
      </dl>
    </div>
  );
}

function Limit({ memory }: { memory: MemoryFacts }): ReactNode {
  const { cgroupBytes, cgroupLimitBytes, cgroupOomKills, swapBytes } = memory;
  return (
    <>
      {swapBytes > 0 && (
        <div>
          <dt>swapped out</dt>
          <dd>
            <Exact value={swapBytes} unit="bytes" />
          </dd>
        </div>
      )}
      {cgroupLimitBytes > 0 && (
        <div title="Memory of the control group, and its limit">
          <dt>control group</dt>
          <dd>
            <Exact value={cgroupBytes} unit="bytes" /> of <Exact value={cgroupLimitBytes} unit="bytes" />
          </dd>
        </div>
      )}
      {cgroupOomKills > 0 && (
        <div className={styles.bad} title="Processes of the control group that the kernel has killed for memory">
          <dt>killed for memory</dt>
          <dd>
            <Exact value={cgroupOomKills} unit="count" />
          </dd>
        </div>
      )}
    </>
  );
}

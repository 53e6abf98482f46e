import type { ReactNode } from "react";
import type { MappingRow, Maps } from "../api/shapes";
import { formatCount, formatMoment } from "../format/format";
import { StackLine } from "../tables/frames";
import { Exact } from "../ui/exact";
import styles from "./maps.module.css";

/** More rows than this nobody reads: the largest are shown. */
const MOST_ROWS = 300;
const MILLISECOND = 1e6;

/** Mappings by what of them is resident, with the call that each goes back to. */
export function MappingsTable({ maps }: { maps: Maps }): ReactNode {
  const rows = [...maps.mappings].sort((a, b) => b.residentBytes - a.residentBytes || b.sizeBytes - a.sizeBytes);
  return (
    <>
      <table className={styles.table} aria-label="Mappings">
        <thead>
          <tr>
            <th scope="col">Mapping</th>
            <th scope="col" className={styles.number}>
              Resident
            </th>
            <th scope="col" className={styles.number}>
              Anonymous
            </th>
            <th scope="col" className={styles.number}>
              Size
            </th>
            <th scope="col">Rights</th>
            <th scope="col">Address</th>
            <th scope="col">Mapped by</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row) => (
            <Row key={row.start} row={row} maps={maps} />
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && (
        <p className={styles.more}>
          The {formatCount(MOST_ROWS)} with most resident memory of {formatCount(rows.length)} mappings.
        </p>
      )}
    </>
  );
}

function Row({ row, maps }: { row: MappingRow; maps: Maps }): ReactNode {
  return (
    <tr>
      <td className={styles.name} title={row.name}>
        {row.name === "" ? <span className={styles.muted}>anonymous</span> : shortName(row.name)}
      </td>
      <td className={styles.number}>
        <Exact value={row.residentBytes} unit="bytes" />
      </td>
      <td className={styles.number}>
        <Exact value={row.anonymousBytes} unit="bytes" />
      </td>
      <td className={styles.number}>
        <Exact value={row.sizeBytes} unit="bytes" />
      </td>
      <td className={styles.mono}>{row.permissions}</td>
      <td className={styles.mono} title={`up to ${row.end}`}>
        {row.start}
      </td>
      <td className={styles.owner}>
        <Owner row={row} maps={maps} />
      </td>
    </tr>
  );
}

function Owner({ row, maps }: { row: MappingRow; maps: Maps }): ReactNode {
  const [owner, ...others] = row.owners;
  if (owner === undefined)
    return (
      <span className={styles.muted} title="Mapped inside libc, by the loader or the kernel, or before recording began">
        {row.kind === "file" ? "the loader, or before recording" : "not seen"}
      </span>
    );
  return (
    <span className={styles.ownerLine}>
      <span className={styles.muted}>
        {owner.call} at {formatMoment(owner.timeNs, MILLISECOND)}
      </span>
      <StackLine frames={maps.stacks[owner.stack]} />
      {others.length > 0 && <span className={styles.muted}>and {formatCount(others.length)} other calls</span>}
    </span>
  );
}

const shortName = (name: string): string => (name.startsWith("/") ? name.slice(name.lastIndexOf("/") + 1) : name);

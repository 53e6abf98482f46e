import type { ReactNode } from "react";
import type { ProcessDetail } from "../api/shapes";
import { formatShare } from "../format/format";
import { LossTable } from "../ui/losses";
import { Marked } from "../ui/marked";
import { Notice } from "../ui/states";
import styles from "./tables.module.css";

export function ModulesTable({ process }: { process: ProcessDetail }): ReactNode {
  if (process.modules.length === 0)
    return <Notice title="No modules yet" next="They arrive with the first block of allocations." />;
  return (
    <div className={styles.facts} tabIndex={0} role="region" aria-label="Modules">
      <table>
        <thead>
          <tr>
            <th scope="col" className={styles.number}>
              No.
            </th>
            <th scope="col">Path</th>
            <th scope="col" className={styles.number}>
              Symbols
            </th>
            <th scope="col">Build id</th>
          </tr>
        </thead>
        <tbody>
          {process.modules.map((module) => (
            <tr key={module.number}>
              <td className={styles.number}>{module.number}</td>
              <td className={styles.mono}>{module.path}</td>
              <td className={styles.number}>{formatShare(module.symbolized)}</td>
              <td className={styles.mono}>{module.buildId || "none"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function ThreadsTable({ process }: { process: ProcessDetail }): ReactNode {
  if (process.threads.length === 0)
    return <Notice title="No threads yet" next="A thread appears with its first allocation." />;
  return (
    <div className={styles.facts} tabIndex={0} role="region" aria-label="Threads">
      <table>
        <thead>
          <tr>
            <th scope="col" className={styles.number}>
              No.
            </th>
            <th scope="col" className={styles.number}>
              Thread id
            </th>
            <th scope="col">Name</th>
          </tr>
        </thead>
        <tbody>
          {process.threads.map((thread) => (
            <tr key={thread.thread}>
              <td className={styles.number}>{thread.thread}</td>
              <td className={styles.number}>{thread.tid}</td>
              <td className={styles.mono}>{thread.name}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function LossesTable({ process }: { process: ProcessDetail }): ReactNode {
  if (process.losses.length === 0 && process.notes.length === 0)
    return (
      <Notice
        title="Nothing is missing"
        next="Every allocation and free of this process was recorded with its stack."
      />
    );
  return (
    <div className={styles.facts} tabIndex={0} role="region" aria-label="Losses">
      {process.losses.length > 0 && <LossTable losses={process.losses} />}
      {process.notes.length > 0 && (
        <ul>
          {process.notes.map((note) => (
            <li key={note}>
              <Marked text={note} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

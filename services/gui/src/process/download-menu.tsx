"use client";
import type { ReactNode } from "react";
import { apiUrl, processPath } from "../api/client";
import type { ProcessDetail } from "../api/shapes";
import { filterParam, windowParams } from "../question/params";
import type { Question } from "../question/question";
import { Popover } from "../ui/popover";
import styles from "./process.module.css";

const formats = [
  { format: "heaptrack", name: "Heaptrack", about: "for heaptrack_gui and heaptrack_print" },
  { format: "pprof", name: "pprof", about: "for go tool pprof and Pyroscope" },
  { format: "folded", name: "Folded stacks", about: "for flamegraph.pl and speedscope" },
  { format: "svg", name: "Flame graph, SVG", about: "a picture that opens in a browser" },
  { format: "json", name: "JSON", about: "every allocation, for scripts" },
] as const;

/** Files of this process; they carry the question: window, filter and measure. */
export function DownloadMenu({ process, question }: { process: ProcessDetail; question: Question }): ReactNode {
  const { measure, weight, window, filter } = question;
  const query = { ...windowParams(window), ...filterParam(filter), measure, weight };
  const narrowed = window !== null || filter !== "";
  return (
    <Popover label="Download ▾" name="Download">
      {(close) => (
        <>
          <ul className={styles.downloads}>
            {formats.map(({ format, name, about }) => (
              <li key={format}>
                <a href={apiUrl(processPath(process.process, `export/${format}`), query)} download onClick={close}>
                  <span>{name}</span>
                  <span className={styles.about}>{about}</span>
                </a>
              </li>
            ))}
          </ul>
          <p className={styles.downloadNote}>
            {narrowed ? "Only what the window and the filter let through." : "The whole recording."}
          </p>
        </>
      )}
    </Popover>
  );
}

import type { ReactNode } from "react";
import type { Frame } from "../api/shapes";
import { sourceLine } from "../flame/facts";
import styles from "./tables.module.css";

/** As many callers as a wide screen may have room for. */
const CALLERS = 8;

/** A stack in one line: the function that allocated, where, and who called it, as far as there is room. */
export function StackLine({ frames }: { frames: readonly Frame[] | undefined }): ReactNode {
  const [own, ...callers] = frames ?? [];
  if (own === undefined) return <span className={styles.muted}>no stack was recorded</span>;
  return (
    <span className={styles.frame}>
      <span className={styles.function} title={own.function}>
        {own.function}
      </span>
      <span className={styles.source}>{sourceLine(own.file, own.line) || moduleName(own)}</span>
      {callers.length > 0 && (
        <span className={styles.caller}>
          {callers
            .slice(0, CALLERS)
            .map((caller) => `← ${caller.function}`)
            .join(" ")}
        </span>
      )}
    </span>
  );
}

interface FrameListProps {
  frames: readonly Frame[];
  onFilter: (name: string) => void;
}

/** All frames of a stack, the innermost first; clicking one filters by its function. */
export function FrameList({ frames, onFilter }: FrameListProps): ReactNode {
  return (
    <ol className={styles.frames}>
      {frames.map((frame, index) => (
        <li key={index}>
          <button type="button" title={`Filter by ${frame.function}`} onClick={() => onFilter(frame.function)}>
            {frame.function}
          </button>
          <span className={styles.source} title={`${frame.file} ${frame.module} ${frame.offset}`}>
            {[sourceLine(frame.file, frame.line), moduleName(frame), frame.inlined ? "inlined" : ""]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </li>
      ))}
    </ol>
  );
}

const moduleName = (frame: Frame): string => frame.module.slice(frame.module.lastIndexOf("/") + 1);

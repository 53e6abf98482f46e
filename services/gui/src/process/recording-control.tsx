"use client";
import type { ReactNode } from "react";
import { useChangeSettings, useSettings } from "../api/settings";
import type { ProcessDetail, RecordingMode } from "../api/shapes";
import { Popover } from "../ui/popover";
import buttons from "../ui/ui.module.css";
import styles from "./process.module.css";

const modes: readonly { mode: RecordingMode; name: string; about: string }[] = [
  { mode: "exact", name: "Exact", about: "every allocation and deallocation" },
  { mode: "cull", name: "Cull", about: "what dies soon is only counted, not listed" },
  { mode: "sample", name: "Sample", about: "a few of them; figures become estimates" },
  { mode: "auto", name: "Auto", about: "the most exact of these within its budget" },
];

/** Pauses recording of a running process and goes on with it; chooses how it is recorded. */
export function RecordingControl({ process }: { process: ProcessDetail }): ReactNode {
  const settings = useSettings(process.process);
  const change = useChangeSettings(process.process);
  const wished = settings.data?.mode ?? process.mode;
  if (settings.data?.stop === true) return <span className={styles.about}>recording stopped</span>;
  const paused = wished === "dormant";
  const ask = (mode: RecordingMode): void => change.mutate({ mode });
  return (
    <>
      {change.error !== null && <span role="alert">{change.error.message}</span>}
      <button
        type="button"
        className={buttons.button}
        disabled={change.isPending}
        title={
          paused ? "Go on recording exactly" : "Record nothing until told to go on; costs the program next to nothing"
        }
        onClick={() => ask(paused ? "exact" : "dormant")}
      >
        {paused ? "Record" : "Pause"}
      </button>
      <Popover label="Mode ▾" name="How it is recorded">
        {(close) => (
          <ul className={styles.downloads}>
            {modes.map(({ mode, name, about }) => (
              <li key={mode}>
                <button
                  type="button"
                  aria-pressed={mode === wished}
                  onClick={() => {
                    ask(mode);
                    close();
                  }}
                >
                  <span>{name}</span>
                  <span className={styles.about}>{about}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </Popover>
    </>
  );
}

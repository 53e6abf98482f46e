import type { Timeline } from "../api/shapes";

/** Something that is drawn at a moment, with its name. */
export interface Note {
  ns: number;
  text: string;
}

/** Changes of the recording mode and markers, in order of time. */
export function notesOf({ modeChanges = [], markers = [] }: Pick<Timeline, "modeChanges" | "markers">): Note[] {
  return [
    ...modeChanges.map(({ timeNs, to, why }) => ({ ns: timeNs, text: `${to} (${why})` })),
    ...markers.map(({ timeNs, number, label }) => ({ ns: timeNs, text: label === "" ? `marker ${number}` : label })),
  ].sort((a, b) => a.ns - b.ns);
}

/** Intervals of a timeline: as many as a wide screen has room for. */
const POINTS = 800;

/** What the timeline of the whole run asks without a filter; who asks the same gets the same answer. */
export const WHOLE_RUN = { points: POINTS } as const;

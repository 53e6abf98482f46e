/** What programs/work.c says at its end: how many allocations and deallocations it made. */
export function totalsOf(log: string): { allocations: number; frees: number } {
  const done = /^done (\d+) (\d+)$/m.exec(log);
  if (!done) throw new Error(`the program did not say how much it allocated: ${log}`);
  return { allocations: Number(done[1]), frees: Number(done[2]) };
}

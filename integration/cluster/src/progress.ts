const started = Date.now();

/** One line on standard error with the seconds since the start. */
export function say(text: string): void {
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
}

/** Says what begins, gives a sign of life every 15 s, and says how long it took if that was longer than 2 s. */
export async function step<T>(title: string, action: () => Promise<T>): Promise<T> {
  const begun = Date.now();
  const seconds = (): string => `${Math.round((Date.now() - begun) / 1000)} s`;
  say(title);
  const beat = setInterval(() => say(`  ${title}: ${seconds()} so far`), 15_000);
  try {
    return await action();
  } finally {
    clearInterval(beat);
    if (Date.now() - begun > 2000) say(`  ${title}: ${seconds()}`);
  }
}

/** Data goes to standard output. */
export function print(lines: string | readonly string[]): void {
  const text = typeof lines === "string" ? lines : lines.join("\n");
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** What is said about the work goes to standard error, so that pipes carry data only. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

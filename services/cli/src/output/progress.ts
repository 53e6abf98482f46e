import cliProgress from "cli-progress";
import { bytes, count } from "./units.js";

export interface Progress {
  update(value: number): void;
  /** Removes the bar; what is to be kept is said by the caller. */
  done(): void;
}

const REPORT_EVERY_MS = 5_000;

/** A bar on a terminal, a line every few seconds elsewhere. All on standard error. total 0: the end is unknown. */
export function progress(title: string, total: number, unit: "bytes" | "count"): Progress {
  const format = unit === "bytes" ? bytes : count;
  if (!process.stderr.isTTY) return lines(title, total, format);
  const bar = new cliProgress.SingleBar(
    {
      format: (_, { progress: share, value, eta }) => {
        const width = 24;
        const drawn =
          total > 0
            ? `[${cliProgress.Format.BarFormat(share, { barsize: width, ...cliProgress.Presets.legacy })}] `
            : "";
        const left = total > 0 && eta > 0 ? `, ${eta} s left` : "";
        return `${title} ${drawn}${format(value)}${total > 0 ? ` of ${format(total)}` : ""}${left}`;
      },
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
    },
    cliProgress.Presets.legacy,
  );
  bar.start(total, 0);
  return { update: (value) => bar.update(value), done: () => bar.stop() };
}

function lines(title: string, total: number, format: (value: number) => string): Progress {
  let last = Date.now();
  return {
    update: (value) => {
      if (Date.now() - last < REPORT_EVERY_MS) return;
      last = Date.now();
      process.stderr.write(`${title} ${format(value)}${total > 0 ? ` of ${format(total)}` : ""}\n`);
    },
    done: () => undefined,
  };
}

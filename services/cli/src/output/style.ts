import type { WriteStream } from "node:tty";

type Style = "bold" | "dim" | "red" | "amber" | "blue";
const codes: Readonly<Record<Style, string>> = { bold: "1", dim: "2", red: "31", amber: "33", blue: "34" };

/** Colours only for people: on a terminal, and not against NO_COLOR (https://no-color.org). */
export function styled(text: string, style: Style, stream: Pick<WriteStream, "isTTY"> = process.stdout): string {
  const wanted = stream.isTTY && (process.env.NO_COLOR ?? "") === "";
  return wanted ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;
}

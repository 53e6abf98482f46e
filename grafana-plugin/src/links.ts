import type { DataLink } from "@grafana/data";

/** Where links lead; undefined: the settings name no GUI. */
export interface Links {
  guiUrl: string | undefined;
}

/** To the page about coverage; each parameter takes its value from a column of the row. */
export function coverageLink({ guiUrl }: Links, columns: Record<string, string>): DataLink[] {
  if (guiUrl === undefined || guiUrl === "") return [];
  const query = Object.entries(columns).map(([name, column]) => `${name}=\${__data.fields.${column}}`);
  return [
    { title: "Open in Heaphound", url: `${guiUrl.replace(/\/$/, "")}/coverage?${query.join("&")}`, targetBlank: true },
  ];
}

/** To the page of a process, by its key or by its pod's name. */
export function processLink({ guiUrl }: Links, reference: string, question: Record<string, string> = {}): DataLink[] {
  if (guiUrl === undefined || guiUrl === "") return [];
  const query = new URLSearchParams(question).toString();
  const url = `${guiUrl.replace(/\/$/, "")}/p/${reference}${query === "" ? "" : `?${query}`}`;
  return [{ title: "Open in Heaphound", url, targetBlank: true }];
}

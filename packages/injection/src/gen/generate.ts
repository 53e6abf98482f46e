import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { REASONS, type Reason } from "../reasons.js";

const PAGE = fileURLToPath(new URL("../../../../docs/reference/reasons.md", import.meta.url));

const SEVERITIES: Record<Reason["severity"], string> = {
  info: "All is well",
  skip: "Not injected",
  warn: "Injected, and something wants a look",
  gap: "Asked for or injected, and nothing arrives",
};

function page(): string {
  const sections = Object.entries(SEVERITIES).map(([severity, title]) => {
    const rows = Object.entries(REASONS)
      .filter(([, reason]) => reason.severity === severity)
      .map(([code, { title: what, advice }]) => `| \`${code}\` | ${what} | ${advice} |`);
    return [`## ${title}`, "", "| code | what it means | what to do |", "|---|---|---|", ...rows, ""].join("\n");
  });
  return `# Reasons\n\nWhy a pod is profiled or not. \`npm run gen\` writes this page from \`packages/injection/src/reasons.ts\`, the one table that the
webhook, the controller, the GUI and \`kubectl heaphound why\` use.\n\n${sections.join("\n")}`;
}

writeFileSync(PAGE, page());

import type { ReasonCode } from "./reasons.js";

/** An ingester has turned a pod's stream away. */
export interface Refusal {
  code: ReasonCode;
  /** Its own code and words. */
  detail: string;
}

/** What ingesters say, which know nothing of pods, as reasons of our table. */
const CODES: Readonly<Record<string, ReasonCode>> = {
  no_token: "token_refused",
  token_refused: "token_refused",
  identity_unavailable: "identity_unavailable",
  namespace_streams: "no_room",
  too_many_streams: "no_room",
  unknown_version: "version_mismatch",
};
const OTHERS = "stream_rejected";
const REFUSALS: ReadonlySet<string> = new Set([...Object.values(CODES), OTHERS]);

export function refusalFor(reason: string, detail: string): Refusal {
  return { code: CODES[reason] ?? OTHERS, detail: `${reason}: ${detail}` };
}

/** The refusal among what the controller found earlier. One without a detail was only thought possible. */
export function refusalIn(findings: readonly { code: string; detail: string }[]): Refusal | undefined {
  const isRefusal = (finding: { code: string; detail: string }): finding is Refusal =>
    REFUSALS.has(finding.code) && finding.detail !== "";
  return findings.find(isRefusal);
}

/** Longest regular expression that a question may hold. */
export const MAX_PATTERN_LENGTH = 1000;

/**
 * Says what is wrong with a regular expression, or nothing. The database matches by RE2, which knows no look-around and
 * no back references. Everything else is checked by JavaScript's own compiler after the spellings that only RE2 knows
 * have been rewritten; the database has the last word.
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > MAX_PATTERN_LENGTH) return `it is longer than ${MAX_PATTERN_LENGTH} characters`;
  if (pattern.includes("\0")) return "it holds a NUL character";
  const bare = pattern.replace(/\\[^1-9]/gs, "");
  if (/\(\?(?:[=!]|<[=!])/.test(bare))
    return "look-ahead and look-behind are not known; use `not` or `!~` in the question instead";
  if (/\\[1-9]/.test(bare)) return "back references are not known";
  try {
    new RegExp(forJavaScript(pattern));
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return reason.replace(/^Invalid regular expression: \/.*\/\w*: /s, "").toLowerCase();
  }
}

function forJavaScript(pattern: string): string {
  return pattern
    .replace(/\\Q.*?(?:\\E|$)/gs, "Q")
    .replaceAll("(?P<", "(?<")
    .replace(/\(\?[imsU]*(?:-[imsU]+)?\)/g, "")
    .replace(/\(\?[imsU]*(?:-[imsU]+)?:/g, "(?:");
}

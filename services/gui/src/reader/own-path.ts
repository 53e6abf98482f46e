/** Where to go after signing in: a path of this site, never an address of another. */
export function ownPath(text: string | null): string {
  return text !== null && /^\/(?![/\\])/.test(text) && !text.startsWith("/signin") ? text : "/";
}

/** Operations of RFC 6902 (JSON Patch), as an admission response carries them. */
export interface Operation {
  op: "add" | "replace" | "remove";
  path: string;
  value?: unknown;
}

/** "a/b~c" as one step of a JSON Pointer (RFC 6901). */
export function pointerStep(text: string): string {
  return text.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Collects the smallest edits. A parent that the pod lacks is made once; nothing is rewritten as a whole. */
export class PatchBuilder {
  readonly operations: Operation[] = [];
  private readonly made = new Set<string>();

  add(path: string, value: unknown): void {
    this.operations.push({ op: "add", path, value });
  }

  replace(path: string, value: unknown): void {
    this.operations.push({ op: "replace", path, value });
  }

  remove(path: string): void {
    this.operations.push({ op: "remove", path });
  }

  /** Appends to the list at `path`, which the pod has (`present`) or not. */
  append(path: string, present: boolean, value: unknown): void {
    this.parent(path, present, []);
    this.add(`${path}/-`, value);
  }

  /** Sets one key of the map at `path`, which the pod has (`present`) or not. */
  setKey(path: string, present: boolean, key: string, value: string): void {
    this.parent(path, present, {});
    this.add(`${path}/${pointerStep(key)}`, value);
  }

  private parent(path: string, present: boolean, empty: unknown): void {
    if (present || this.made.has(path)) return;
    this.made.add(path);
    this.add(path, empty);
  }
}

import type { StoredFrame } from "../symbols.js";

/** Frames of one module. */
export interface ModuleFrames {
  buildId: string;
  path: string;
  frames: { frame: bigint; offset: bigint }[];
}

/** Frames that wait for their symbols, by module, each once. Bounded: what does not fit is left to the database. */
export class FrameQueue {
  private readonly modules = new Map<string, ModuleFrames>();
  private readonly waiting = new Set<bigint>();
  /** True when frames were turned away since `takeOverflow` was called last. */
  private overflowed = false;

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.waiting.size;
  }

  /** Returns how many were turned away. */
  add(frames: readonly StoredFrame[]): number {
    let dropped = 0;
    for (const { frame, buildId, offset, path } of frames) {
      if (this.waiting.has(frame)) continue;
      if (this.waiting.size >= this.capacity) {
        dropped++;
        continue;
      }
      this.waiting.add(frame);
      const key = `${buildId}\0${path}`;
      let module = this.modules.get(key);
      if (!module) this.modules.set(key, (module = { buildId, path, frames: [] }));
      module.frames.push({ frame, offset });
    }
    if (dropped > 0) this.overflowed = true;
    return dropped;
  }

  /** The next module with up to `limit` of its frames, in the order of their offsets (neighbours share debug units). */
  take(limit: number): ModuleFrames | undefined {
    const entry = this.modules.entries().next();
    if (entry.done) return undefined;
    const [key, module] = entry.value;
    const frames = module.frames.splice(0, limit);
    // Modules take turns: what is left of this one goes to the end.
    this.modules.delete(key);
    if (module.frames.length > 0) this.modules.set(key, module);
    for (const { frame } of frames) this.waiting.delete(frame);
    frames.sort((a, b) => (a.offset < b.offset ? -1 : Number(a.offset > b.offset)));
    return { ...module, frames };
  }

  takeOverflow(): boolean {
    const overflowed = this.overflowed;
    this.overflowed = false;
    return overflowed;
  }
}

/** An interpreted heaptrack file as a strict reader sees it: what could crash or mislead other readers is a problem. */
export interface HeaptrackFile {
  events: { isFree: boolean; size: number; trace: string[] }[];
  /** As heaptrack counts them, its index 0 included. */
  temporary: number;
  problems: string[];
}

interface Pointer {
  functions: string[];
}

/** Reads the lines that our exports consist of, and checks the rules of the format's readers. For tests. */
export function readHeaptrack(text: string): HeaptrackFile {
  const reader = new Reader();
  text.split("\n").forEach((line, index) => {
    if (line !== "") reader.line(line, index);
  });
  return { events: reader.events, temporary: reader.temporary, problems: reader.problems };
}

class Reader {
  readonly events: HeaptrackFile["events"] = [];
  readonly problems: string[] = [];
  temporary = 0;
  private readonly strings = [""];
  private readonly pointers: Pointer[] = [{ functions: [] }];
  private readonly nodes: { pointer: number; parent: number }[] = [{ pointer: 0, parent: 0 }];
  private readonly infos: { size: number; trace: number; used: boolean; live: number }[] = [];
  private clock = -1;
  /** heaptrack's own variable: 0 means none, which is the trap. */
  private lastInfo = 0;

  line(line: string, index: number): void {
    if (index === 0 && line !== "v 10400 3") this.problems.push("the version does not come first");
    const mode = line[0]!;
    if (mode === "s") return this.string(line);
    const fields = line.slice(2).split(" ");
    if (!"vXIR".includes(mode) && fields.some((field) => !/^[0-9a-f]+$/.test(field)))
      this.problems.push(`no hex: ${line}`);
    const numbers = fields.map((field) => parseInt(field, 16));
    const handlers: Record<string, () => void> = {
      i: () => this.pointer(numbers),
      t: () => this.node(numbers),
      a: () => this.infos.push({ size: numbers[0]!, trace: numbers[1]!, used: false, live: 0 }),
      "+": () => this.allocate(numbers[0]!),
      "-": () => this.free(numbers[0]!),
      c: () => this.tick(numbers[0]!),
    };
    handlers[mode]?.();
  }

  private string(line: string): void {
    const [, length = "", text = ""] = /^s ([0-9a-f]+) (.*)$/s.exec(line) ?? [];
    if (Buffer.byteLength(text) !== parseInt(length, 16)) this.problems.push(`wrong length: ${line}`);
    if (this.strings.includes(text)) this.problems.push(`string defined twice: ${text}`);
    this.strings.push(text);
  }

  private pointer([, , ...rest]: number[]): void {
    const functions: string[] = [];
    for (let at = 0; at < rest.length; at += 3) {
      if (rest[at]! >= this.strings.length || rest[at] === 0) this.problems.push("pointer without a function");
      functions.push(this.strings[rest[at]!] ?? "");
    }
    this.pointers.push({ functions });
  }

  private node([pointer = 0, parent = 0]: number[]): void {
    if (pointer >= this.pointers.length || parent >= this.nodes.length) this.problems.push("node before what it names");
    this.nodes.push({ pointer, parent });
  }

  private allocate(index: number): void {
    const info = this.infos[index];
    if (!info) {
      this.problems.push(`allocation of unknown info ${index}`);
      return;
    }
    if (!info.used && index > 0 && !this.infos[index - 1]!.used) this.problems.push(`info ${index} is used too early`);
    info.used = true;
    info.live++;
    this.lastInfo = index;
    this.events.push({ isFree: false, size: info.size, trace: this.traceOf(info.trace) });
  }

  private free(index: number): void {
    const info = this.infos[index];
    if (!info?.used) {
      this.problems.push(`deallocation of unknown info ${index}`);
      return;
    }
    info.live--;
    if (this.lastInfo === index) this.temporary++;
    this.lastInfo = 0;
    this.events.push({ isFree: true, size: info.size, trace: this.traceOf(info.trace) });
  }

  private tick(ms: number): void {
    if (ms < this.clock) this.problems.push(`the clock goes back to ${ms}`);
    this.clock = ms;
  }

  private traceOf(trace: number): string[] {
    const names: string[] = [];
    for (let node = trace; node > 0; node = this.nodes[node]!.parent) {
      names.push(...this.pointers[this.nodes[node]!.pointer]!.functions);
    }
    return names;
  }
}

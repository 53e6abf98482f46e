import type { Filter, Measure, Quantity } from "@heaphound/query";
import { addressOf, type SyntheticRecording } from "./store.js";

/**
 * The same questions answered by looking at every allocation of a synthetic recording: slow, plain, and written without a look
 * at the SQL, so that both can be compared.
 */
export class Reference {
  constructor(readonly recording: SyntheticRecording) {}

  get count(): number {
    return this.recording.events.count;
  }

  time(i: number): number {
    return this.recording.events.timeNs[i]!;
  }

  /** Infinity when never freed. */
  lifetime(i: number): number {
    const lifetime = this.recording.events.lifetimeNs[i]!;
    return lifetime < 0 ? Infinity : lifetime;
  }

  freed(i: number): number {
    return this.time(i) + this.lifetime(i);
  }

  size(i: number): number {
    return this.recording.events.size[i]!;
  }

  stack(i: number): number {
    return this.recording.events.stack[i]!;
  }

  /** Whether allocation i counts for the measure within the window (`live`: at its end). */
  counts(measure: Measure, i: number, fromNs: number, toNs: number): boolean {
    const isWithin = (time: number): boolean => time >= fromNs && time <= toNs;
    const isFreed = this.lifetime(i) !== Infinity;
    const answers: Record<Measure, () => boolean> = {
      allocated: () => isWithin(this.time(i)),
      freed: () => isFreed && isWithin(this.freed(i)),
      leaked: () => !isFreed && isWithin(this.time(i)),
      temporary: () => this.lifetime(i) < 10_000_000 && isWithin(this.time(i)),
      live: () => this.time(i) <= toNs && this.freed(i) > toNs,
    };
    return answers[measure]();
  }

  holds(filter: Filter, i: number): boolean {
    switch (filter.type) {
      case "and":
        return this.allHold(filter.operands, i);
      case "or":
        return filter.operands.some((operand) => this.holds(operand, i));
      case "not":
        return !this.holds(filter.operand, i);
      case "flag":
        return this.flag(filter.field, i);
      case "alive":
        return this.time(i) <= this.amount(filter.at) && this.freed(i) > this.amount(filter.at);
      case "text":
        return this.text(filter.field, filter.operator, filter.text, i);
      default:
        return this.numbers(filter, i);
    }
  }

  /** Positive conditions on frames belong together; a field that comes again begins another frame. */
  private allHold(operands: readonly Filter[], i: number): boolean {
    const groups: Extract<Filter, { type: "text" }>[][] = [];
    for (const operand of operands) {
      if (operand.type !== "text" || !isFrameField(operand.field) || operand.operator.startsWith("!")) {
        if (!this.holds(operand, i)) return false;
        continue;
      }
      const group = groups.at(-1);
      if (group && !group.some(({ field }) => field === operand.field)) group.push(operand);
      else groups.push([operand]);
    }
    return groups.every((group) =>
      this.displayed(i).some((frame) => group.every((one) => matches(frame[one.field]!, one.operator, one.text))),
    );
  }

  private flag(field: string, i: number): boolean {
    if (field === "leaked") return this.lifetime(i) === Infinity;
    if (field === "temporary") return this.lifetime(i) < 10_000_000;
    if (field === "running") return this.recording.isRunning;
    return this.recording.events.kind[i] === 2;
  }

  private text(field: string, operator: string, text: string, i: number): boolean {
    if (isFrameField(field)) {
      const some = this.displayed(i).some((frame) =>
        matches(frame[field]!, operator.replace("!", "").replace(/^$/, "="), text),
      );
      return operator.startsWith("!") ? !some : some;
    }
    const { events, labels } = this.recording;
    const values: Record<string, string> = {
      kind: KINDS[events.kind[i]!]!,
      pod: labels.pod,
      name: labels.executable.split("/").at(-1)!,
    };
    const value = values[field]!;
    const positive = matches(value, operator.replace("!", ""), text);
    return operator.startsWith("!") ? !positive : positive;
  }

  private numbers(filter: Extract<Filter, { type: "compare" | "between" | "oneOf" }>, i: number): boolean {
    const value = this.value(filter.field, i);
    if (Number.isNaN(value)) return false;
    if (filter.type === "oneOf")
      return filter.values.map((one) => (typeof one === "string" ? KINDS.indexOf(one) : one)).includes(value);
    if (filter.type === "between") return value >= this.amount(filter.low) && value <= this.amount(filter.high);
    return compare(value, filter.operator, this.amount(filter.value));
  }

  /** NaN: no comparison holds. */
  private value(field: string, i: number): number {
    const { events, program } = this.recording;
    const isFreed = this.lifetime(i) !== Infinity;
    const values: Record<string, () => number> = {
      size: () => this.size(i),
      lifetime: () => this.lifetime(i),
      allocated: () => this.time(i),
      freed: () => (isFreed ? this.freed(i) : NaN),
      thread: () => events.thread[i]!,
      free_thread: () => (isFreed ? events.freeThread[i]! : NaN),
      id: () => i + 1,
      stack: () => this.stack(i),
      address: () => addressOf(i),
      kind: () => events.kind[i]!,
      depth: () => (this.stack(i) === 0 ? 0 : program.stacks[this.stack(i) - 1]!.frames.length),
    };
    return values[field]!();
  }

  private amount(value: Quantity): number {
    switch (value.unit) {
      case "bytes":
        return value.bytes;
      case "ns":
        return value.ns;
      case "count":
        return value.count;
      case "percent":
        return Math.round((this.durationNs * value.percent) / 100);
      case "address":
        return Number(BigInt(`0x${value.hex}`));
    }
  }

  /** Start to end, or to the last event while it runs. */
  get durationNs(): number {
    const { events, blocks, isRunning } = this.recording;
    return isRunning ? blocks.at(-1)!.endNs : Math.round(events.durationNs);
  }

  private readonly shown = new Map<number, Record<string, string>[]>();

  /** Lines of the stack as shown, innermost first. */
  displayed(i: number): Record<string, string>[] {
    const stack = this.stack(i);
    let lines = this.shown.get(stack);
    if (!lines) this.shown.set(stack, (lines = this.linesOf(stack)));
    return lines;
  }

  private linesOf(stack: number): Record<string, string>[] {
    if (stack === 0) return [];
    const { program } = this.recording;
    return program.stacks[stack - 1]!.frames.flatMap((index) => {
      const { functions, files, module, offset } = program.frames[index]!;
      if (functions.length === 0) {
        const name = `${module.path.split("/").at(-1)}+0x${offset.toString(16)}`;
        return [{ function: name, source: "", library: module.path }];
      }
      return functions.map((name, depth) => ({ function: name, source: files[depth]!, library: module.path }));
    });
  }
}

const KINDS = ["malloc", "calloc", "realloc", "aligned"];

function isFrameField(field: string): boolean {
  return field === "function" || field === "source" || field === "library";
}

function matches(value: string, operator: string, text: string): boolean {
  return operator === "~" ? new RegExp(text).test(value) : value === text;
}

function compare(value: number, operator: string, other: number): boolean {
  switch (operator) {
    case "=":
      return value === other;
    case "!=":
      return value !== other;
    case "<":
      return value < other;
    case "<=":
      return value <= other;
    case ">":
      return value > other;
    default:
      return value >= other;
  }
}

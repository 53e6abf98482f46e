/** Strings by number, each once. Number 0 is the empty string. */
export class Strings {
  private readonly numbers = new Map<string, number>([["", 0]]);
  readonly all: string[] = [""];
  /** Estimate of the memory held. */
  byteLength = 0;

  add(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.all.length;
    this.numbers.set(text, number);
    this.all.push(text);
    this.byteLength += 2 * text.length + 100;
    return number;
  }

  at(number: number): string {
    return this.all[number] ?? "";
  }
}

/**
 * Positions in a call trie: a node, one of the lines that its frame is shown as, and the weight that is there. Arrays, since
 * a large recording has a million of them.
 */
export class Cursors {
  nodes = new Int32Array(1024);
  lines = new Int32Array(1024);
  bytes = new Float64Array(1024);
  counts = new Float64Array(1024);
  size = 0;

  push(node: number, line: number, bytes: number, count: number): void {
    this.reserve(this.size + 1);
    this.set(this.size++, node, line, bytes, count);
  }

  /** `at` lies in what has been reserved. */
  set(at: number, node: number, line: number, bytes: number, count: number): void {
    this.nodes[at] = node;
    this.lines[at] = line;
    this.bytes[at] = bytes;
    this.counts[at] = count;
  }

  reserve(size: number): void {
    if (size <= this.nodes.length) return;
    const length = Math.max(size, this.nodes.length * 2);
    this.nodes = grown(this.nodes, new Int32Array(length));
    this.lines = grown(this.lines, new Int32Array(length));
    this.bytes = grown(this.bytes, new Float64Array(length));
    this.counts = grown(this.counts, new Float64Array(length));
  }
}

function grown<A extends Int32Array | Float64Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}

// What arrived, from ClickHouse itself.
import { setTimeout as pause } from "node:timers/promises";

export class BenchDatabase {
  constructor(url) {
    this.url = url;
  }

  async rows(query) {
    const response = await fetch(`${this.url}/?database=heaphound`, {
      method: "POST",
      body: `${query} FORMAT JSONEachRow`,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`ClickHouse: ${text.slice(0, 400)}`);
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  /** The newest complete recording of a process id, or null when it left no trace. */
  async ended(pid, timeoutMs = 60_000) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const [found] = await this.rows(
        `SELECT toString(process) AS process, ended_ns != 0 AS ended FROM processes FINAL WHERE pid = ${pid} ORDER BY started_ns DESC LIMIT 1`,
      );
      if (found?.ended) return found.process;
      if (Date.now() > deadline)
        throw new Error(`the recording of process ${pid} is not complete after ${timeoutMs / 1000} s`);
      await pause(50);
    }
  }

  /** Bytes on the wire, events and losses of the recording. */
  async wireOf(pid) {
    const process = await this.ended(pid);
    const [sums] = await this.rows(
      `SELECT toFloat64(sum(b.wire_bytes)) AS wireBytes, toFloat64(sum(b.allocations)) AS allocated,
              toFloat64(sum(b.allocations + b.frees)) AS events
       FROM blocks AS b FINAL WHERE process = ${process}`,
    );
    const [losses] = await this.rows(
      `SELECT toFloat64(sum(l.count)) AS lost FROM losses AS l FINAL WHERE process = ${process}`,
    );
    const { allocated: allocations, ...rest } = sums;
    return { process, allocations, ...rest, lost: losses?.lost ?? 0 };
  }
}

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

export { Counter, Gauge, Histogram, Registry };

const PREFIX = "heaphound_";

/**
 * The metrics of one service, all under `heaphound_`. Names carry their unit (`_seconds`, `_bytes`), counters end in
 * `_total`; a name that breaks this is refused, because dashboards and alerts are written against it.
 */
export class Metrics {
  readonly registry = new Registry();

  /** `processMetrics`: also CPU, memory and event-loop figures of this process. */
  constructor(options: { service: string; processMetrics?: boolean }) {
    this.registry.setDefaultLabels({ service: options.service });
    if (options.processMetrics) collectDefaultMetrics({ register: this.registry, prefix: PREFIX });
  }

  counter<Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []): Counter<Label> {
    if (!name.endsWith("_total")) throw new Error(`counter ${name} must end in _total`);
    return new Counter({ name: qualify(name), help, labelNames, registers: [this.registry] });
  }

  /** `collect` is called at each scrape, to set what is cheaper to read than to keep up to date. */
  gauge<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
    collect?: (this: Gauge<Label>) => void,
  ): Gauge<Label> {
    const base = { name: qualify(name), help, labelNames, registers: [this.registry] };
    return new Gauge(collect ? { ...base, collect } : base);
  }

  histogram<Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly Label[] = [],
  ): Histogram<Label> {
    return new Histogram({ name: qualify(name), help, buckets, labelNames, registers: [this.registry] });
  }

  /** The exposition that Prometheus scrapes, and its content type. */
  async expose(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }
}

function qualify(name: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new Error(`metric name ${name} must be lower case with underscores`);
  return name.startsWith(PREFIX) ? name : PREFIX + name;
}

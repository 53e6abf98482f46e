import { DashboardBuilder, DashboardCursorSync } from "@grafana/grafana-foundation-sdk/dashboard";
import { row } from "./panels.ts";
import { chart, figure, installationVariable, prometheusVariable } from "./prometheus.ts";

/** Of this installation. */
const HERE = '{namespace=~"$installation"}';
const rate = (metric: string): string => `rate(${metric}${HERE}[$__rate_interval])`;
const quantile = (share: number, metric: string, by = ""): string =>
  `histogram_quantile(${share}, sum by (le${by}) (${rate(`${metric}_bucket`)}))`;

/** Is Heaphound itself well: does what pods send arrive, is it stored, and how fast is it read? */
export function operationsDashboard(): DashboardBuilder {
  const builder = new DashboardBuilder("Heaphound operations")
    .uid("heaphound-operations")
    .description("Heaphound's own services: streams, inserts, losses, queries, injection. From Prometheus")
    .tags(["heaphound", "operations"])
    .time({ from: "now-1h", to: "now" })
    .refresh("30s")
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(prometheusVariable())
    .withVariable(installationVariable());
  for (const panel of [...now(), ...ingester(), ...database(), ...reading(), ...injection()]) builder.withPanel(panel);
  return builder;
}

function now(): ReturnType<typeof figure>[] {
  const place = (column: number): { x: number; y: number; w: number; h: number } => ({
    x: column * 4,
    y: 0,
    w: 4,
    h: 4,
  });
  return [
    figure(
      { title: "Open streams", description: "How many processes are connected?", unit: "short" },
      place(0),
      `sum(heaphound_ingester_streams${HERE})`,
    ),
    figure(
      { title: "Events", description: "How many allocations and deallocations come per second?", unit: "cps" },
      place(1),
      `sum(${rate("heaphound_ingester_events_total")})`,
    ),
    figure(
      { title: "Insert, 95 %", description: "How long does ClickHouse take for a batch of rows?", unit: "s" },
      place(2),
      quantile(0.95, "heaphound_ingester_insert_seconds"),
      { warn: 1, bad: 10 },
    ),
    figure(
      { title: "Rows waiting", description: "How far is ClickHouse behind?", unit: "short" },
      place(3),
      `sum(heaphound_ingester_waiting_rows${HERE})`,
    ),
    figure(
      {
        title: "Failed inserts",
        description:
          "How many inserts were tried again in the last ten minutes? Nothing is lost while spools have room",
        unit: "short",
        noValue: "0",
      },
      place(4),
      `sum(increase(heaphound_ingester_insert_retries_total${HERE}[10m]))`,
      { warn: 1, bad: 10 },
    ),
    figure(
      {
        title: "Refused streams",
        description: "How many streams were refused in the last ten minutes?",
        unit: "short",
        noValue: "0",
      },
      place(5),
      `sum(increase(heaphound_ingester_rejected_total${HERE}[10m]))`,
      { warn: 1, bad: 100 },
    ),
  ];
}

function ingester(): ReturnType<typeof chart>[] {
  const place = row(4, 8, 3);
  return [
    chart({ title: "Streams by ingester", description: "Is the load spread?", unit: "short" }, place(0), [
      { expr: `heaphound_ingester_streams${HERE}`, legend: "{{instance}}" },
    ]),
    chart({ title: "Received", description: "How much do pods send?", unit: "Bps" }, place(1), [
      { expr: `sum by (instance) (${rate("heaphound_ingester_wire_bytes_total")})`, legend: "{{instance}}" },
    ]),
    chart(
      {
        title: "Losses by kind",
        description: "What could profiled processes not record or deliver?",
        unit: "cps",
        noValue: "Nothing was lost",
      },
      place(2),
      [{ expr: `sum by (kind) (${rate("heaphound_ingester_losses_total")})`, legend: "{{kind}}" }],
    ),
  ];
}

function database(): ReturnType<typeof chart>[] {
  const place = row(12, 8, 3);
  const errors = row(20, 8, 3);
  return [
    chart(
      { title: "Rows stored by table", description: "How many rows does ClickHouse confirm?", unit: "rowsps" },
      place(0),
      [{ expr: `sum by (table) (${rate("heaphound_ingester_inserted_rows_total")})`, legend: "{{table}}" }],
    ),
    chart(
      { title: "Time to insert", description: "How long does ClickHouse take for a batch?", unit: "s" },
      place(1),
      [0.5, 0.95, 0.99].map((share) => ({
        expr: quantile(share, "heaphound_ingester_insert_seconds"),
        legend: `${share * 100} %`,
      })),
    ),
    chart({ title: "Waiting", description: "Do streams wait for the database?", unit: "short" }, place(2), [
      { expr: `sum(heaphound_ingester_waiting_rows${HERE})`, legend: "rows" },
      { expr: `sum(heaphound_ingester_waiting_streams${HERE})`, legend: "streams" },
      { expr: `sum(heaphound_symbols_queue_frames${HERE})`, legend: "frames without symbols" },
    ]),
    chart(
      {
        title: "Errors of ClickHouse",
        description: "Which inserts are tried again, and which queries fail in the embedded engine?",
        unit: "cps",
        noValue: "No errors",
      },
      errors(0),
      [
        {
          expr: `sum by (table) (${rate("heaphound_ingester_insert_retries_total")})`,
          legend: "insert into {{table}}",
        },
        { expr: `sum by (code) (${rate("heaphound_clickhouse_errors_total")})`, legend: "code {{code}}" },
      ],
    ),
    chart(
      {
        title: "Refused streams by reason",
        description: "Why are streams refused or ended? docs/operations/troubleshooting.md has the reasons",
        unit: "cps",
        noValue: "None was refused",
      },
      errors(1),
      [{ expr: `sum by (reason) (${rate("heaphound_ingester_rejected_total")})`, legend: "{{reason}}" }],
    ),
    chart(
      {
        title: "Lost processes",
        description: "How many processes stayed away without saying that they end?",
        unit: "cps",
        noValue: "None was lost",
      },
      errors(2),
      [{ expr: `sum(${rate("heaphound_ingester_lost_processes_total")})`, legend: "lost" }],
    ),
  ];
}

function reading(): ReturnType<typeof chart>[] {
  const place = row(28, 8, 3);
  return [
    chart(
      { title: "Time of queries, 95 %", description: "How long do people wait for the database?", unit: "s" },
      place(0),
      [{ expr: quantile(0.95, "heaphound_api_query_seconds", ", query"), legend: "{{query}}" }],
    ),
    chart(
      { title: "Failed queries", description: "Which queries fail?", unit: "cps", noValue: "None failed" },
      place(1),
      [
        {
          expr: `sum by (query) (rate(heaphound_api_query_seconds_count{namespace=~"$installation", outcome="error"}[$__rate_interval]))`,
          legend: "{{query}}",
        },
      ],
    ),
    chart(
      { title: "Memory of the services", description: "How much do the services themselves take?", unit: "bytes" },
      place(2),
      [{ expr: `heaphound_process_resident_memory_bytes${HERE}`, legend: "{{job}} {{instance}}" }],
    ),
  ];
}

function injection(): ReturnType<typeof chart>[] {
  const place = row(36, 8, 3);
  return [
    chart(
      {
        title: "Coverage",
        description: "How many of the pods that were asked for have the library, and how many report?",
        unit: "short",
        noValue: "No injector reports",
      },
      place(0),
      [{ expr: `sum by (state) (heaphound_injector_coverage_pods${HERE})`, legend: "{{state}}" }],
    ),
    chart(
      {
        title: "Pods without profiles by reason",
        description: "What is the likeliest cause? docs/reference/reasons.md has them",
        unit: "short",
        noValue: "No gaps",
      },
      place(1),
      [{ expr: `sum by (reason) (heaphound_injector_coverage_gaps${HERE})`, legend: "{{reason}}" }],
    ),
    chart(
      {
        title: "Time to answer the API server, 95 %",
        description: "Does the webhook hold up the start of pods?",
        unit: "s",
        noValue: "No pod was reviewed",
      },
      place(2),
      [{ expr: quantile(0.95, "heaphound_injector_review_seconds"), legend: "webhook" }],
    ),
  ];
}

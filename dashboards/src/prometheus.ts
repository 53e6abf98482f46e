import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import { legend, type PanelText, type Place } from "./panels.ts";

export const PROMETHEUS: common.DataSourceRef = { type: "prometheus", uid: "${prometheus}" };

/** Which Prometheus scrapes Heaphound's services. */
export function prometheusVariable(): dashboard.DatasourceVariableBuilder {
  return new dashboard.DatasourceVariableBuilder("prometheus").label("Prometheus").type("prometheus");
}

/** Where Heaphound runs; a Prometheus outside of Kubernetes has no such label, which All matches too. */
export function installationVariable(): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder("installation")
    .label("Installed in")
    .datasource(PROMETHEUS)
    .query("label_values(heaphound_ingester_streams, namespace)")
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .includeAll(true)
    .allValue(".*")
    .current({ text: "All", value: "$__all" });
}

/** One expression of PromQL, and what its lines are called. */
export interface Expression {
  expr: string;
  legend: string;
}

function targets(expressions: readonly Expression[]): Builder<Dataquery>[] {
  return expressions.map(({ expr, legend: name }, index) =>
    new prometheus.DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .datasource(PROMETHEUS)
      .expr(expr)
      .legendFormat(name)
      .range(),
  );
}

export interface Measured extends PanelText {
  unit: string;
  /** Said when nothing came: that may be good news. */
  noValue?: string;
}

export function chart(text: Measured, place: Place, expressions: readonly Expression[]): timeseries.PanelBuilder {
  return new timeseries.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .datasource(PROMETHEUS)
    .gridPos(place)
    .targets(targets(expressions))
    .unit(text.unit)
    .min(0)
    .noValue(text.noValue ?? "Nothing in this range")
    .lineWidth(1)
    .fillOpacity(10)
    .showPoints(common.VisibilityMode.Never)
    .legend(legend())
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    );
}

/** Colour by what the figure means for whoever is on call. */
export interface Thresholds {
  warn: number;
  bad: number;
}

export function figure(text: Measured, place: Place, expression: string, thresholds?: Thresholds): stat.PanelBuilder {
  const panel = new stat.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .datasource(PROMETHEUS)
    .gridPos(place)
    .targets(targets([{ expr: expression, legend: text.title }]))
    .unit(text.unit)
    .noValue(text.noValue ?? "–")
    .colorMode(thresholds ? common.BigValueColorMode.Value : common.BigValueColorMode.None)
    .graphMode(common.BigValueGraphMode.Area)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false));
  if (!thresholds) return panel;
  return panel.thresholds(
    new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps([
      { value: null, color: "text" },
      { value: thresholds.warn, color: "#E69F00" },
      { value: thresholds.bad, color: "#D55E00" },
    ]),
  );
}

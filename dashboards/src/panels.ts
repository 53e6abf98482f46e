import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as table from "@grafana/grafana-foundation-sdk/table";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import { ask, SOURCE, type Question } from "./query.ts";

/** Where a panel stands: columns of 24, rows of 30 pixels. */
export type Place = dashboard.GridPos;

export interface PanelText {
  title: string;
  /** One sentence: the question that the panel answers. */
  description: string;
}

/** Okabe and Ito's colours, with the same meaning in the GUI. */
const MEANINGS: Readonly<Record<string, string>> = {
  live: "#0072B2",
  allocated: "#E69F00",
  resident: "#8C8C8C",
  limit: "#D55E00",
};

export function series(text: PanelText, place: Place, question: Question): timeseries.PanelBuilder {
  const panel = new timeseries.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .datasource(SOURCE)
    .gridPos(place)
    .withTarget(ask({ view: "series", ...question }))
    .min(0)
    .lineWidth(1)
    .fillOpacity(10)
    .showPoints(common.VisibilityMode.Never)
    .lineInterpolation(common.LineInterpolation.StepBefore)
    .legend(legend())
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    );
  return (question.figures ?? []).length > 1 ? withMeanings(panel) : panel;
}

function legend(): common.VizLegendOptionsBuilder {
  return new common.VizLegendOptionsBuilder()
    .displayMode(common.LegendDisplayMode.Table)
    .placement(common.LegendPlacement.Bottom)
    .showLegend(true)
    .calcs(["lastNotNull", "max"]);
}

/** Several figures of one group: each has its colour, the limit is a dashed line without an area. */
function withMeanings(panel: timeseries.PanelBuilder): timeseries.PanelBuilder {
  for (const [figure, color] of Object.entries(MEANINGS)) {
    const dashes = [
      { id: "custom.lineStyle", value: { fill: "dash", dash: [8, 6] } },
      { id: "custom.fillOpacity", value: 0 },
    ];
    panel.overrideByRegexp(`(^| )${figure}$`, [
      { id: "color", value: { mode: "fixed", fixedColor: color } },
      ...(figure === "limit" ? dashes : []),
    ]);
  }
  return panel;
}

/** Figures of one group, side by side. */
export function figures(
  text: PanelText,
  place: Place,
  question: Question & { fields: readonly string[] },
): stat.PanelBuilder {
  const { fields, ...rest } = question;
  return new stat.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .datasource(SOURCE)
    .gridPos(place)
    .withTarget(ask({ view: "groups", ...rest }))
    .colorMode(common.BigValueColorMode.None)
    .graphMode(common.BigValueGraphMode.None)
    .textMode(common.BigValueTextMode.ValueAndName)
    .reduceOptions(
      new common.ReduceDataOptionsBuilder()
        .calcs(["lastNotNull"])
        .fields(`/^(${fields.join("|").replaceAll("/", "\\/")})$/`)
        .values(false),
    );
}

/** A column that leads somewhere. */
export interface ColumnLink {
  column: string;
  title: string;
  url: string;
}

export interface TableShape {
  /** Column by which rows are sorted, the largest first. */
  sortBy?: string;
  hidden?: readonly string[];
  widths?: Readonly<Record<string, number>>;
  links?: readonly ColumnLink[];
}

export function list(text: PanelText, place: Place, question: Question, shape: TableShape = {}): table.PanelBuilder {
  const panel = new table.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .datasource(SOURCE)
    .gridPos(place)
    .withTarget(ask(question))
    .cellHeight(common.TableCellHeight.Sm);
  if (shape.sortBy !== undefined)
    panel.sortBy([new common.TableSortByFieldStateBuilder().displayName(shape.sortBy).desc(true)]);
  for (const column of shape.hidden ?? []) panel.overrideByName(column, [{ id: "custom.hidden", value: true }]);
  for (const [column, width] of Object.entries(shape.widths ?? {}))
    panel.overrideByName(column, [{ id: "custom.width", value: width }]);
  for (const { column, title, url } of shape.links ?? [])
    panel.overrideByName(column, [{ id: "links", value: [{ title, url }] }]);
  panel.overrideByName("of limit", [
    { id: "custom.cellOptions", value: { type: "gauge", mode: "basic", valueDisplayMode: "text" } },
    { id: "color", value: { mode: "thresholds" } },
    { id: "thresholds", value: NEAR_LIMIT },
  ]);
  return panel;
}

const NEAR_LIMIT = {
  mode: "absolute",
  steps: [
    { color: "#0072B2", value: null },
    { color: "#E69F00", value: 0.8 },
    { color: "#D55E00", value: 0.95 },
  ],
};

export function flame(text: PanelText, place: Place, question: Question): dashboard.PanelBuilder {
  return new dashboard.PanelBuilder()
    .type("flamegraph")
    .title(text.title)
    .description(text.description)
    .datasource(SOURCE)
    .gridPos(place)
    .withTarget(ask({ view: "flame", ...question }));
}

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
  /** Said of a table without rows. */
  noValue?: string;
}

/** Places side by side that fill a row. */
export function row(y: number, height: number, panels: number): (index: number) => Place {
  const width = 24 / panels;
  return (index) => ({ x: index * width, y, w: width, h: height });
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

export function legend(): common.VizLegendOptionsBuilder {
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
  question: Question & { fields: readonly string[]; calculation?: "lastNotNull" | "sum" },
): stat.PanelBuilder {
  const { fields, calculation = "lastNotNull", ...rest } = question;
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
        .calcs([calculation])
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
  /** Columns of text that may be cut: a click on the eye shows all of it. */
  inspected?: readonly string[];
  links?: readonly ColumnLink[];
}

export function list(text: PanelText, place: Place, question: Question, shape: TableShape = {}): table.PanelBuilder {
  const panel = new table.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .datasource(SOURCE)
    .gridPos(place)
    .withTarget(ask(question))
    .cellHeight(common.TableCellHeight.Sm)
    .minWidth(LEAST_COLUMN_PX);
  // Empty cells say the same: only for tables that have none.
  if (text.noValue !== undefined) panel.noValue(text.noValue);
  if (shape.sortBy !== undefined)
    panel.sortBy([new common.TableSortByFieldStateBuilder().displayName(shape.sortBy).desc(true)]);
  for (const [column, properties] of columnsOf(shape)) panel.overrideByName(column, [...properties]);
  panel.overrideByName("of limit", [
    { id: "custom.cellOptions", value: { type: "gauge", mode: "basic", valueDisplayMode: "text" } },
    { id: "color", value: { mode: "thresholds" } },
    { id: "thresholds", value: NEAR_LIMIT },
  ]);
  return panel;
}

type Property = Parameters<table.PanelBuilder["overrideByName"]>[1][number];

function columnsOf({ hidden = [], widths = {}, inspected = [], links = [] }: TableShape): [string, Property[]][] {
  return [
    ...hidden.map((column): [string, Property[]] => [column, [{ id: "custom.hidden", value: true }]]),
    ...Object.entries(widths).map(([column, value]): [string, Property[]] => [column, [{ id: "custom.width", value }]]),
    ...inspected.map((column): [string, Property[]] => [column, [{ id: "custom.inspect", value: true }]]),
    ...links.map(({ column, title, url }): [string, Property[]] => [
      column,
      [{ id: "links", value: [{ title, url }] }],
    ]),
  ];
}

/** Names of columns fit into this. */
const LEAST_COLUMN_PX = 100;

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

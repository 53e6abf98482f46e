import {
  type DataFrame,
  type Field,
  FieldType,
  getDisplayProcessor,
  type GrafanaTheme2,
  getFieldDisplayName,
  reduceField,
  type TimeRange,
} from "@grafana/data";
import { FlameGraph } from "@grafana/flamegraph";
import { BigValue, BigValueColorMode, BigValueGraphMode, BigValueTextMode, Table, TimeSeries } from "@grafana/ui";
import * as React from "react";
import type { PanelModel } from "./dashboard-model.js";

interface Props {
  panel: PanelModel;
  frames: DataFrame[];
  range: TimeRange;
  theme: GrafanaTheme2;
  width: number;
  height: number;
}

/** A panel of one of the kinds that our dashboards have, by Grafana's own components. */
export function PanelBody(props: Props): React.ReactElement {
  const frames = props.frames.map((frame) => configured(frame, props));
  const all = { ...props, frames };
  switch (props.panel.type) {
    case "timeseries":
      return <Series {...all} />;
    case "stat":
      return <Stats {...all} />;
    case "table":
      return <Rows {...all} />;
    case "flamegraph":
      return <Flame {...all} />;
    default:
      throw new Error(`no panel of type ${props.panel.type}`);
  }
}

/** The panel's field configuration on top of what the data source said, as Grafana merges them. */
function configured(frame: DataFrame, { panel, theme }: Props): DataFrame {
  const { defaults, overrides } = panel.fieldConfig ?? { defaults: {}, overrides: [] };
  const fields = frame.fields.map((field, index): Field => {
    const config = { ...defaults, ...field.config, custom: { ...customOf(defaults) } };
    config.color ??= { mode: "palette-classic" };
    for (const { matcher, properties } of overrides) {
      const name = field.config.displayNameFromDS ?? field.name;
      const isMeant =
        matcher.id === "byRegexp" ? new RegExp(String(matcher.options)).test(name) : matcher.options === name;
      if (isMeant) for (const { id, value } of properties) set(config, id, value);
    }
    const changed = { ...field, config, state: { ...field.state, seriesIndex: index - 1 } };
    return { ...changed, display: getDisplayProcessor({ field: changed, theme, timeZone: "utc" }) };
  });
  return { ...frame, fields };
}

function set(config: Field["config"], id: string, value: unknown): void {
  if (id.startsWith("custom.")) config.custom = { ...customOf(config), [id.slice("custom.".length)]: value };
  else Object.assign(config, { [id]: value });
}

/** What panels of one kind understand beside the rest. */
function customOf(config: Field["config"]): Record<string, unknown> {
  return (config.custom ?? {}) as Record<string, unknown>;
}

function Series({ frames, panel, range, width, height }: Props): React.ReactElement {
  return (
    <TimeSeries
      frames={frames}
      timeRange={range}
      timeZone="utc"
      width={width}
      height={height}
      legend={panel.options!.legend!}
    />
  );
}

function Flame({ frames, theme }: Props): React.ReactElement {
  const [frame] = frames;
  return frame ? <FlameGraph data={frame} getTheme={() => theme} stickyHeader={false} /> : <p>No data</p>;
}

function Stats({ frames, panel, theme, width, height }: Props): React.ReactElement {
  const [calculation = ""] = panel.options?.reduceOptions?.calcs ?? [];
  const wanted = new RegExp(panel.options?.reduceOptions?.fields?.slice(1, -1) ?? "");
  const fields = frames.flatMap((frame) => frame.fields.filter(({ name }) => wanted.test(name)));
  return (
    <div style={{ display: "flex" }}>
      {fields.map((field) => (
        <BigValue
          key={field.name}
          value={{ ...field.display!(reduced(field, calculation)), title: getFieldDisplayName(field) }}
          width={width / fields.length}
          height={height}
          theme={theme}
          colorMode={BigValueColorMode.None}
          graphMode={BigValueGraphMode.None}
          textMode={BigValueTextMode.ValueAndName}
        />
      ))}
    </div>
  );
}

function reduced(field: Field, calculation: string): unknown {
  return reduceField({ field, reducers: [calculation] })[calculation];
}

/** Grafana's own, unless the panel says otherwise. */
const LEAST_COLUMN_PX = 150;

function leastColumn(panel: PanelModel): number {
  const { minWidth } = customOf(panel.fieldConfig?.defaults ?? {});
  return typeof minWidth === "number" ? minWidth : LEAST_COLUMN_PX;
}

function sortOf(panel: PanelModel): { displayName: string; desc: boolean }[] {
  return (panel.options?.sortBy ?? []).slice(0, 1).map(({ displayName, desc = false }) => ({ displayName, desc }));
}

function Rows({ frames, width, height, panel }: Props): React.ReactElement {
  const [frame] = frames;
  if (!frame || frame.length === 0) return <p>{panel.fieldConfig?.defaults.noValue ?? "No data"}</p>;
  const visible = { ...frame, fields: frame.fields.filter(({ config }) => customOf(config).hidden !== true) };
  for (const field of visible.fields)
    if (field.type === FieldType.number) field.config.custom = { align: "right", ...customOf(field.config) };
  return (
    <Table
      data={visible}
      width={width}
      height={height}
      columnMinWidth={leastColumn(panel)}
      initialSortBy={sortOf(panel)}
    />
  );
}

import {
  type AnnotationQuery,
  createTheme,
  type DataFrame,
  type DataQueryRequest,
  dateTime,
  type GrafanaTheme2,
  type TimeRange,
} from "@grafana/data";
import * as React from "react";
import { lastValueFrom } from "rxjs";
import type { HeaphoundDataSource } from "../src/datasource.js";
import type { HeaphoundQuery, HeaphoundVariableQuery } from "../src/types.js";
import type { DashboardModel, PanelModel } from "./dashboard-model.js";
import { PanelBody } from "./panels.js";
import type { Values } from "./contract.js";
import { ALL } from "./services.js";

export function rangeOf(fromMs: number, toMs: number): TimeRange {
  const [from, to] = [dateTime(fromMs), dateTime(toMs)];
  return { from, to, raw: { from, to } };
}

/** What a query brought: frames, and what went wrong. */
export interface Brought {
  frames: DataFrame[];
  errors: string[];
}

const MAX_POINTS = 300;

/** Asks the data source as a panel does. */
export async function ask(source: HeaphoundDataSource, targets: HeaphoundQuery[], range: TimeRange): Promise<Brought> {
  const request = {
    targets,
    range,
    maxDataPoints: MAX_POINTS,
    scopedVars: {},
  } as unknown as DataQueryRequest<HeaphoundQuery>;
  const { data, errors = [] } = await lastValueFrom(source.query(request));
  return { frames: data as DataFrame[], errors: errors.map(({ message }) => message ?? "") };
}

/** The choices that a variable offers, as values. */
export async function choicesOf(
  source: HeaphoundDataSource,
  query: HeaphoundVariableQuery,
  range: TimeRange,
): Promise<{ text: string; value: string }[]> {
  const request = { targets: [query], range, scopedVars: {} } as unknown as DataQueryRequest<HeaphoundVariableQuery>;
  const { data } = await lastValueFrom(source.variables.query(request));
  const [frame] = data as DataFrame[];
  const column = (name: string): string[] =>
    (frame?.fields.find((field) => field.name === name)?.values ?? []) as string[];
  return column("text").map((text, i) => ({ text, value: column("value")[i] ?? "" }));
}

/** All for variables that may be several, else the first choice; each may use those before it. */
export async function resolveVariables(
  source: HeaphoundDataSource,
  model: DashboardModel,
  situation: { range: TimeRange; given: Values; values: Record<string, string | string[]> },
): Promise<void> {
  const { range, given, values } = situation;
  for (const variable of model.templating.list) {
    const { name, query, allValue } = variable;
    if (given[name] !== undefined) values[name] = given[name];
    else if (allValue !== undefined) values[name] = allValue === ALL ? ALL : allValue;
    else if (typeof query !== "string") values[name] = (await choicesOf(source, query, range))[0]?.value ?? "";
  }
}

export interface Answered {
  panel: PanelModel;
  brought: Brought;
}

/** Every panel's queries, and the annotations', with their variables in place. */
export async function askAll(
  source: HeaphoundDataSource,
  model: DashboardModel,
  range: TimeRange,
): Promise<Answered[]> {
  return Promise.all(model.panels.map(async (panel) => ({ panel, brought: await ask(source, panel.targets, range) })));
}

export function annotationTargets(source: HeaphoundDataSource, model: DashboardModel): HeaphoundQuery[] {
  return (model.annotations.list ?? []).flatMap((annotation) => {
    const prepared = source.annotations.prepareAnnotation(annotation as unknown as AnnotationQuery<HeaphoundQuery>);
    return prepared.target ? [prepared.target] : [];
  });
}

const CELL_PX = 30;
const COLUMNS = 24;
const GAP_PX = 8;
const HEADER_PX = 28;

interface PageProps {
  model: DashboardModel;
  answered: readonly Answered[];
  range: TimeRange;
  theme: GrafanaTheme2;
  width: number;
}

/** The grid of a dashboard, each panel where its JSON says. */
export function DashboardPage({ model, answered, range, theme, width }: PageProps): React.ReactElement {
  const column = width / COLUMNS;
  const height = Math.max(...model.panels.map(({ gridPos }) => gridPos.y + gridPos.h)) * (CELL_PX + GAP_PX);
  return (
    <main style={{ position: "relative", width, height, background: theme.colors.background!.canvas }}>
      {answered.map(({ panel, brought }) => {
        const { x, y, w, h } = panel.gridPos;
        const inner = { width: w * column - GAP_PX, height: h * (CELL_PX + GAP_PX) - GAP_PX };
        const place = { left: x * column + GAP_PX / 2, top: y * (CELL_PX + GAP_PX) + GAP_PX, ...inner };
        return (
          <section
            key={panel.title}
            aria-label={panel.title}
            style={{ position: "absolute", ...place, ...frameStyle(theme) }}
          >
            <h2 style={{ ...titleStyle, color: theme.colors.text!.primary }}>{panel.title}</h2>
            {brought.errors.map((error) => (
              <p key={error} role="alert">
                {error}
              </p>
            ))}
            <PanelBody
              panel={panel}
              frames={brought.frames}
              range={range}
              theme={theme}
              width={inner.width - 2 * GAP_PX}
              height={inner.height - HEADER_PX - GAP_PX}
            />
          </section>
        );
      })}
    </main>
  );
}

const titleStyle = { fontSize: 14, fontWeight: 500, margin: 0, height: HEADER_PX, lineHeight: `${HEADER_PX}px` };

function frameStyle(theme: GrafanaTheme2): React.CSSProperties {
  return {
    background: theme.colors.background!.primary,
    border: `1px solid ${theme.colors.border!.weak}`,
    boxSizing: "border-box",
    overflow: "hidden",
    padding: `0 ${GAP_PX}px`,
  };
}

export function themeOf(mode: string | null): GrafanaTheme2 {
  return createTheme({ colors: { mode: mode === "dark" ? "dark" : "light" } });
}

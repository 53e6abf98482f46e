import { type DataFrame, type DataSourceInstanceSettings, ThemeContext } from "@grafana/data";
import { FlameGraph } from "@grafana/flamegraph";
import { initPluginTranslations } from "@grafana/i18n";
import { setBackendSrv, setTemplateSrv } from "@grafana/runtime";
import { GlobalStyles } from "@grafana/ui";
import * as React from "react";
import { createRoot, type Root } from "react-dom/client";
import { flushSync } from "react-dom";
import type { HeaphoundDataSource } from "../src/datasource.js";
import type { HeaphoundOptions } from "../src/types.js";
import type { Harness, PlainAnswer, PlainFrame } from "./contract.js";
import {
  annotationTargets,
  ask,
  askAll,
  type Brought,
  choicesOf,
  DashboardPage,
  rangeOf,
  resolveVariables,
  themeOf,
} from "./dashboard.js";
import { loadPlugin } from "./load-plugin.js";
import { backendService, templateService } from "./services.js";

const WIDTH_PX = 1400;
let values: Record<string, string | string[]> = {};
let source: HeaphoundDataSource;
let root: Root | undefined;

function plain({ frames, errors }: Brought): PlainAnswer {
  return { errors, frames: frames.map(plainFrame) };
}

function plainFrame({ refId, name, meta, fields }: DataFrame): PlainFrame {
  return {
    refId,
    name,
    visualisation: meta?.preferredVisualisationType,
    fields: fields.map((field) => ({
      name: field.name,
      type: field.type,
      unit: field.config.unit,
      display: field.config.displayNameFromDS,
      labels: field.labels,
      links: (field.config.links ?? []).map(({ url }) => url),
      values: field.values,
    })),
  };
}

function show(element: React.ReactElement, theme = themeOf("light")): void {
  root?.unmount();
  root = createRoot(document.getElementById("root")!);
  const page = (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      {element}
    </ThemeContext.Provider>
  );
  flushSync(() => root?.render(page));
}

/** What the test drives: Grafana's part in a data source's life. */
const harness: Harness = {
  async open(settings) {
    await initPluginTranslations("heaphound");
    setBackendSrv(backendService());
    setTemplateSrv(templateService(() => values));
    const plugin = await loadPlugin("/plugin/module.js");
    const instance = { uid: "harness", id: 1, type: "heaphound-heaphound-datasource", name: "Heaphound", ...settings };
    source = new plugin.DataSourceClass(instance as DataSourceInstanceSettings<HeaphoundOptions>);
  },
  async health() {
    const { status, message } = await source.testDatasource();
    return { status, message };
  },
  setValues(given) {
    values = { ...given };
  },
  async query(targets, from, to) {
    return plain(await ask(source, targets, rangeOf(from, to)));
  },
  choices: (query, from, to) => choicesOf(source, query, rangeOf(from, to)),
  async dashboard(model, options) {
    const range = rangeOf(options.from, options.to);
    harness.setValues({});
    await resolveVariables(source, model, { range, given: options.given ?? {}, values });
    const [answered, annotations] = await Promise.all([
      askAll(source, model, range),
      ask(source, annotationTargets(source, model), range),
    ]);
    const theme = themeOf(options.theme ?? "light");
    show(<DashboardPage model={model} answered={answered} range={range} theme={theme} width={WIDTH_PX} />, theme);
    return {
      values: { ...values },
      annotations: plain(annotations),
      panels: answered.map(({ panel, brought }) => ({ title: panel.title, ...plain(brought) })),
    };
  },
  async flame(target, from, to) {
    const { frames } = await ask(source, [target], rangeOf(from, to));
    show(<FlameGraph data={frames[0]!} getTheme={() => themeOf("light")} />);
  },
  async queryEditor(query) {
    const plugin = await loadPlugin("/plugin/module.js");
    const Editor = plugin.components.QueryEditor!;
    const Page = (): React.ReactElement => {
      const [current, setCurrent] = React.useState(query);
      return (
        <>
          <Editor datasource={source} query={current} onChange={setCurrent} onRunQuery={() => undefined} />
          <pre data-testid="query">{JSON.stringify(current)}</pre>
        </>
      );
    };
    show(<Page />);
  },
  async configEditor() {
    const plugin = await loadPlugin("/plugin/module.js");
    const Editor = plugin.components.ConfigEditor!;
    const Page = (): React.ReactElement => {
      const [options, setOptions] = React.useState<unknown>({ jsonData: {}, secureJsonFields: {}, secureJsonData: {} });
      const props = { options, onOptionsChange: setOptions } as React.ComponentProps<typeof Editor>;
      return (
        <>
          <Editor {...props} />
          <pre data-testid="options">{JSON.stringify(options)}</pre>
        </>
      );
    };
    show(<Page />);
  },
};

Object.assign(globalThis, { harness });

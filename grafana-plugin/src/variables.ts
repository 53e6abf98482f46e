import {
  createDataFrame,
  CustomVariableSupport,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
  FieldType,
  type ScopedVars,
} from "@grafana/data";
import { map, type Observable, of } from "rxjs";
import { VariableEditor } from "./components/VariableEditor.js";
import type { ApiClient } from "./api-client.js";
import { questionOf, type Replace } from "./filter.js";
import { clockRange } from "./time.js";
import type { HeaphoundOptions, HeaphoundQuery, HeaphoundVariableQuery } from "./types.js";

type Api = DataSourceApi<HeaphoundQuery, HeaphoundOptions>;

/** What it needs of the data source. */
interface Source {
  api: ApiClient;
  replacer(scopedVars: ScopedVars | undefined): Replace;
}

const MOST = 1000;

/** Lists what can be chosen: values of labels, or processes by name and key. */
export class HeaphoundVariables extends CustomVariableSupport<
  Api,
  HeaphoundVariableQuery,
  HeaphoundQuery,
  HeaphoundOptions
> {
  override editor = VariableEditor;

  constructor(private readonly source: Source) {
    super();
  }

  override query(request: DataQueryRequest<HeaphoundVariableQuery>): Observable<DataQueryResponse> {
    const [query] = request.targets;
    if (!query) return of({ data: [] });
    const { field = "namespace", labels = {}, q = "" } = query;
    const asked = {
      q: questionOf({ labels, q }, this.source.replacer(request.scopedVars)),
      limit: MOST,
      ...clockRange(request.range),
    };
    const choices = field === "process" ? this.processes(asked) : this.values({ ...asked, field });
    return choices.pipe(map((list) => ({ data: [choicesFrame(list, query.refId)] })));
  }

  private values(asked: Record<string, string | number>): Observable<Choice[]> {
    return this.source.api
      .fleetValues(asked)
      .pipe(map(({ values }) => values.map((value) => ({ text: value, value }))));
  }

  private processes(asked: Record<string, string | number>): Observable<Choice[]> {
    return this.source.api.fleetGroups({ ...asked, by: "process", sort: "live" }).pipe(
      map(({ groups }) =>
        groups.map(({ name, process, pod, container }) => ({
          text: [`${name} ${process.slice(0, 8)}`, [pod, container].filter(Boolean).join("/")]
            .filter(Boolean)
            .join(" in "),
          value: process,
        })),
      ),
    );
  }
}

interface Choice {
  text: string;
  value: string;
}

function choicesFrame(choices: readonly Choice[], refId: string): DataFrame {
  const column = (name: "text" | "value"): { name: string; type: FieldType; values: string[] } => ({
    name,
    type: FieldType.string,
    values: choices.map((choice) => choice[name]),
  });
  return createDataFrame({ refId, fields: [column("text"), column("value")] });
}

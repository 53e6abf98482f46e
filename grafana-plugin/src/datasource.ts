import {
  type AnnotationQuery,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  DataSourceApi,
  type DataSourceInstanceSettings,
  LoadingState,
  type ScopedVars,
  type TestDataSourceResponse,
} from "@grafana/data";
import { getTemplateSrv } from "@grafana/runtime";
import { catchError, combineLatest, lastValueFrom, map, type Observable, of } from "rxjs";
import { ApiClient } from "./api-client.js";
import { answer } from "./answer.js";
import { questionOf, type Replace } from "./filter.js";
import type { Links } from "./links.js";
import {
  type CompleteQuery,
  DEFAULTS,
  type HeaphoundOptions,
  type HeaphoundQuery,
  type View,
  withDefaults,
} from "./types.js";
import { HeaphoundVariables } from "./variables.js";

/** Route of plugin.json. */
const ROUTE = "heaphound";

/** Asks Heaphound's API through Grafana's data source proxy. */
export class HeaphoundDataSource extends DataSourceApi<HeaphoundQuery, HeaphoundOptions> {
  readonly api: ApiClient;
  readonly links: Links;
  override readonly variables: HeaphoundVariables;
  override readonly annotations = {
    getDefaultQuery: (): Partial<HeaphoundQuery> => ({ view: "events" }),
    prepareAnnotation: (annotation: AnnotationQuery<HeaphoundQuery>): AnnotationQuery<HeaphoundQuery> => ({
      ...annotation,
      target: { refId: "Anno", ...annotation.target, view: "events" as const },
    }),
  };

  constructor(settings: DataSourceInstanceSettings<HeaphoundOptions>) {
    super(settings);
    this.api = new ApiClient(`${settings.url ?? ""}/${ROUTE}`);
    this.links = { guiUrl: settings.jsonData.guiUrl };
    this.variables = new HeaphoundVariables(this);
  }

  override getDefaultQuery(): Partial<HeaphoundQuery> {
    return { ...DEFAULTS, figures: [...DEFAULTS.figures] };
  }

  override filterQuery(query: HeaphoundQuery): boolean {
    const { view, figures } = withDefaults(query);
    return query.hide !== true && (view !== "series" || figures.length > 0);
  }

  /** A query that fails does not take the others with it. */
  override query(request: DataQueryRequest<HeaphoundQuery>): Observable<DataQueryResponse> {
    const answers = request.targets.filter((query) => this.filterQuery(query)).map((query) => this.one(query, request));
    if (answers.length === 0) return of({ data: [], state: LoadingState.Done });
    return combineLatest(answers).pipe(
      map((all) => ({
        data: all.flatMap(({ frames }) => frames),
        errors: all.flatMap(({ error }) => (error === undefined ? [] : [error])),
        state: all.some(({ error }) => error !== undefined) ? LoadingState.Error : LoadingState.Done,
      })),
    );
  }

  private one(given: HeaphoundQuery, request: DataQueryRequest<HeaphoundQuery>): Observable<Answer> {
    const query = this.interpolate(withDefaults(given), request.scopedVars);
    const { range, maxDataPoints = 300 } = request;
    return answer(this.api, query, { range, maxDataPoints, links: this.links }).pipe(
      map((frames) => ({ frames, error: undefined })),
      catchError((error: unknown) => of({ frames: [], error: { refId: given.refId, message: textOf(error) } })),
    );
  }

  /** With variables replaced; the question has the labels in it. */
  interpolate(query: CompleteQuery, scopedVars: ScopedVars | undefined): CompleteQuery {
    const replace = this.replacer(scopedVars);
    return { ...query, q: questionOf(query, replace), labels: {}, process: replace(query.process) };
  }

  replacer(scopedVars: ScopedVars | undefined): Replace {
    return (text, format) => getTemplateSrv().replace(text, scopedVars, format);
  }

  override interpolateVariablesInQueries(queries: HeaphoundQuery[], scopedVars: ScopedVars): HeaphoundQuery[] {
    return queries.map((query) => ({ ...query, ...this.interpolate(withDefaults(query), scopedVars) }));
  }

  override getQueryDisplayText(query: HeaphoundQuery): string {
    const { view, by, process, measure, q } = withDefaults(query);
    const abouts: Partial<Record<View, string>> = {
      ...{ series: `by ${by}`, groups: `by ${by}` },
      ...{ events: "", coverage: "", gaps: "" },
    };
    return [view, abouts[view] ?? `${measure} of ${process}`, q].filter((part) => part !== "").join(", ");
  }

  override async testDatasource(): Promise<TestDataSourceResponse> {
    try {
      const { total } = await lastValueFrom(this.api.processes({ limit: 1 }));
      const known = total === 0 ? "nothing has been recorded yet" : `${total} recorded processes`;
      return { status: "success", message: `Heaphound answers: ${known}.` };
    } catch (error) {
      return { status: "error", message: textOf(error) };
    }
  }
}

interface Answer {
  frames: DataFrame[];
  error: { refId: string; message: string } | undefined;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

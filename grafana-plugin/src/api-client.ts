import { getBackendSrv, isFetchError } from "@grafana/runtime";
import type {
  ApiError,
  Coverage,
  FleetEvents,
  FleetGroups,
  FleetTimeline,
  FleetValues,
  Groups,
  ProcessDetail,
  ProcessList,
  Tree,
} from "@heaphound/query";
import { catchError, map, type Observable, throwError } from "rxjs";

export type Parameters = Readonly<Record<string, string | number>>;

/** Our API behind Grafana's data source proxy, which adds the token. Requests end when nobody waits for them any more. */
export class ApiClient {
  /** `base` ends with the route of plugin.json. */
  constructor(private readonly base: string) {}

  processes(parameters: Parameters): Observable<ProcessList> {
    return this.get("processes", parameters);
  }

  process(reference: string): Observable<ProcessDetail> {
    return this.get(`processes/${encodeURIComponent(reference)}`);
  }

  tree(process: string, parameters: Parameters): Observable<Tree> {
    return this.get(`processes/${process}/tree`, parameters);
  }

  stacks(process: string, parameters: Parameters): Observable<Groups> {
    return this.get(`processes/${process}/groups`, parameters);
  }

  fleetGroups(parameters: Parameters): Observable<FleetGroups> {
    return this.get("fleet/groups", parameters);
  }

  fleetTimeline(parameters: Parameters): Observable<FleetTimeline> {
    return this.get("fleet/timeline", parameters);
  }

  fleetValues(parameters: Parameters): Observable<FleetValues> {
    return this.get("fleet/values", parameters);
  }

  fleetEvents(parameters: Parameters): Observable<FleetEvents> {
    return this.get("fleet/events", parameters);
  }

  coverage(): Observable<Coverage> {
    return this.get("coverage");
  }

  private get<T>(path: string, parameters: Parameters = {}): Observable<T> {
    const request = { url: `${this.base}/api/v1/${path}`, params: { ...parameters }, showErrorAlert: false };
    return getBackendSrv()
      .fetch<T>(request)
      .pipe(
        map((response) => response.data),
        catchError((error: unknown) => throwError(() => new Error(messageOf(error)))),
      );
  }
}

/** What happened and what to do, as the API says it. */
function messageOf(error: unknown): string {
  if (!isFetchError(error)) return error instanceof Error ? error.message : "the request failed";
  const said = (error.data as Partial<ApiError> | undefined)?.error;
  if (said) return `${said.message}. ${said.advice}`;
  return `Heaphound's API does not answer (${error.status} ${error.statusText ?? ""}). Check the URL in the data source's settings.`;
}

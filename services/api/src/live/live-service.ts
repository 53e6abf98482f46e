import { currentRequest } from "../http/request-context.js";
import type { MessageEvent } from "@nestjs/common";
import { AppError } from "@heaphound/service-kit";
import { Observable } from "rxjs";
import type { ProcessFinder } from "../processes/process-finder.js";
import type { LivePoller } from "./live-poller.js";

const MAX_LISTENERS = 500;
/** Proxies close connections on which nothing happens. */
const HEARTBEAT_MS = 15_000;

/** Live updates as server-sent events. */
export class LiveService {
  constructor(
    private readonly poller: LivePoller,
    private readonly finder: ProcessFinder,
  ) {}

  async updates(reference: string | undefined): Promise<Observable<MessageEvent>> {
    if (this.poller.listenerCount >= MAX_LISTENERS) throw tooMany();
    const only = reference === undefined ? undefined : (await this.finder.find(reference)).process;
    const namespaces = currentRequest()?.namespaces;
    return new Observable((subscriber) => {
      const stop = this.poller.listen((update, namespace) => {
        if (namespaces && !namespaces.includes(namespace)) return;
        if (only === undefined || update.process === only) subscriber.next({ data: update });
      });
      const heartbeat = setInterval(() => subscriber.next({ type: "heartbeat", data: "" }), HEARTBEAT_MS);
      return () => {
        clearInterval(heartbeat);
        stop();
      };
    });
  }
}

function tooMany(): AppError {
  return new AppError(`${MAX_LISTENERS} listeners follow live updates already`, {
    code: "busy",
    advice: "Close other windows, or ask again later.",
    httpStatus: 503,
  });
}

import { AnnotationQueryBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { ask, SOURCE, type Question } from "./query.ts";

/** Kills and changes of mode as lines through all panels. */
export function eventsAnnotation(labels: NonNullable<Question["labels"]>): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name("Kills and changes of mode")
    .datasource(SOURCE)
    .enable(true)
    .iconColor("#D55E00")
    .target(ask({ view: "events", labels, limit: 100 }, "Anno"));
}

import type { DataSourceApi, QueryEditorProps } from "@grafana/data";
import { Combobox, InlineField } from "@grafana/ui";
import * as React from "react";
import type { HeaphoundOptions, HeaphoundQuery, HeaphoundVariableQuery } from "../types.js";
import { VARIABLE_FIELDS } from "./choices.js";
import { QuestionFields } from "./QuestionFields.js";

type Props = QueryEditorProps<
  DataSourceApi<HeaphoundQuery, HeaphoundOptions>,
  HeaphoundQuery,
  HeaphoundOptions,
  HeaphoundVariableQuery
>;

/** Which label's values a variable takes, and of which processes. */
export function VariableEditor({ query, onChange, onRunQuery }: Props): React.ReactElement {
  const change = (part: Partial<HeaphoundVariableQuery>): void => onChange({ ...query, ...part });
  return (
    <>
      <InlineField label="values of">
        <Combobox
          aria-label="values of"
          width={20}
          options={VARIABLE_FIELDS}
          value={query.field ?? "namespace"}
          onChange={({ value }) => change({ field: value })}
        />
      </InlineField>
      <QuestionFields labels={query.labels ?? {}} q={query.q ?? ""} onChange={change} onRun={onRunQuery} />
    </>
  );
}

import type { QueryEditorProps } from "@grafana/data";
import { Combobox, InlineField, InlineFieldRow, Input, MultiCombobox, RadioButtonGroup } from "@grafana/ui";
import * as React from "react";
import type { HeaphoundDataSource } from "../datasource.js";
import { type CompleteQuery, type HeaphoundOptions, type HeaphoundQuery, type View, withDefaults } from "../types.js";
import { FIGURE_CHOICES, GROUPINGS, MEASURES, SORTS, VIEWS, WEIGHTS } from "./choices.js";
import { QuestionFields } from "./QuestionFields.js";

type Props = QueryEditorProps<HeaphoundDataSource, HeaphoundQuery, HeaphoundOptions>;

interface PartProps {
  query: CompleteQuery;
  change: (part: Partial<HeaphoundQuery>) => void;
  onRun: () => void;
}

/** What to show, then only the fields that this needs. */
export function QueryEditor({ query: given, onChange, onRunQuery }: Props): React.ReactElement {
  const query = withDefaults(given);
  const change = (part: Partial<HeaphoundQuery>): void => onChange({ ...given, ...part });
  const changeAndRun = (part: Partial<HeaphoundQuery>): void => {
    change(part);
    onRunQuery();
  };
  const isFleet = query.view === "series" || query.view === "groups";
  const isProcess = query.view === "flame" || query.view === "stacks" || query.view === "losses";
  const part = { query, change: changeAndRun, onRun: onRunQuery };
  return (
    <>
      <InlineField label="show">
        <RadioButtonGroup options={VIEWS} value={query.view} onChange={(view) => changeAndRun({ view })} />
      </InlineField>
      {isFleet && <FleetFields {...part} />}
      {isProcess && <ProcessFields {...part} change={change} />}
      {hasQuestion(query.view) && (
        <QuestionFields labels={query.labels} q={query.q} onChange={change} onRun={onRunQuery} />
      )}
    </>
  );
}

/** What is missing of a process, and coverage, are told whole. */
function hasQuestion(view: View): boolean {
  return !["losses", "coverage", "gaps"].includes(view);
}

function FleetFields({ query, change }: PartProps): React.ReactElement {
  return (
    <InlineFieldRow>
      <InlineField label="by">
        <Combobox
          aria-label="by"
          width={16}
          options={GROUPINGS}
          value={query.by}
          onChange={({ value }) => change({ by: value })}
        />
      </InlineField>
      {query.view === "series" && (
        <InlineField label="figures">
          <MultiCombobox
            aria-label="figures"
            width={40}
            options={FIGURE_CHOICES}
            value={query.figures}
            onChange={(chosen) => change({ figures: chosen.map(({ value }) => value) })}
          />
        </InlineField>
      )}
      <InlineField label="first by">
        <Combobox
          aria-label="first by"
          width={16}
          options={SORTS}
          value={query.sort}
          onChange={({ value }) => change({ sort: value })}
        />
      </InlineField>
      <LimitField limit={query.limit} change={change} />
    </InlineFieldRow>
  );
}

function ProcessFields({ query, change, onRun }: PartProps): React.ReactElement {
  return (
    <InlineFieldRow>
      <InlineField label="process" tooltip="Key, pod name (its newest run), latest, or a variable">
        <Input
          aria-label="process"
          width={24}
          value={query.process}
          onChange={(event) => change({ process: event.currentTarget.value })}
          onBlur={onRun}
        />
      </InlineField>
      {query.view !== "losses" && (
        <>
          <InlineField label="measure">
            <Combobox
              aria-label="measure"
              width={16}
              options={MEASURES}
              value={query.measure}
              onChange={({ value }) => {
                change({ measure: value });
                onRun();
              }}
            />
          </InlineField>
          <InlineField label="weight">
            <RadioButtonGroup
              options={WEIGHTS}
              value={query.weight}
              onChange={(weight) => {
                change({ weight });
                onRun();
              }}
            />
          </InlineField>
        </>
      )}
      {query.view === "stacks" && <LimitField limit={query.limit} change={change} />}
    </InlineFieldRow>
  );
}

function LimitField({ limit, change }: { limit: number; change: PartProps["change"] }): React.ReactElement {
  return (
    <InlineField label="limit">
      <Input
        aria-label="limit"
        type="number"
        min={1}
        max={1000}
        width={10}
        value={limit}
        onChange={(event) => change({ limit: Math.max(1, Number(event.currentTarget.value)) })}
      />
    </InlineField>
  );
}

import { InlineField, InlineFieldRow, Input } from "@grafana/ui";
import * as React from "react";
import { LABELS, type Labels } from "../types.js";

interface Asked {
  labels: Labels;
  q: string;
}

interface Props extends Partial<Asked> {
  onChange: (asked: Asked) => void;
  onRun: () => void;
}

/** Which processes count: labels, where a variable may stand, and the question language. */
export function QuestionFields({ labels = {}, q = "", onChange, onRun }: Props): React.ReactElement {
  return (
    <InlineFieldRow>
      {LABELS.map((label) => (
        <InlineField key={label} label={label}>
          <Input
            aria-label={label}
            width={18}
            value={labels[label] ?? ""}
            placeholder={`any, or $${label}`}
            onChange={(event) => onChange({ q, labels: { ...labels, [label]: event.currentTarget.value } })}
            onBlur={onRun}
          />
        </InlineField>
      ))}
      <InlineField label="question" grow tooltip="In Heaphound's question language">
        <Input
          aria-label="question"
          value={q}
          placeholder={'name = "redis-server" and running'}
          onChange={(event) => onChange({ labels, q: event.currentTarget.value })}
          onBlur={onRun}
        />
      </InlineField>
    </InlineFieldRow>
  );
}

import type { DataSourcePluginOptionsEditorProps } from "@grafana/data";
import { FieldSet, InlineField, Input, SecretInput } from "@grafana/ui";
import * as React from "react";
import type { HeaphoundOptions, HeaphoundSecrets } from "../types.js";

type Props = DataSourcePluginOptionsEditorProps<HeaphoundOptions, HeaphoundSecrets>;

const LABEL_WIDTH = 16;
const INPUT_WIDTH = 50;

/** Where the API and the GUI are, and the token that Grafana's server sends to the API. */
export function ConfigEditor({ options, onOptionsChange }: Props): React.ReactElement {
  const setOption = (name: keyof HeaphoundOptions) => (event: React.FormEvent<HTMLInputElement>) =>
    onOptionsChange({ ...options, jsonData: { ...options.jsonData, [name]: event.currentTarget.value } });
  const setToken = (event: React.FormEvent<HTMLInputElement>): void =>
    onOptionsChange({ ...options, secureJsonData: { token: event.currentTarget.value } });
  const resetToken = (): void =>
    onOptionsChange({
      ...options,
      secureJsonFields: { ...options.secureJsonFields, token: false },
      secureJsonData: { token: "" },
    });

  return (
    <FieldSet label="Heaphound">
      <InlineField label="API URL" labelWidth={LABEL_WIDTH} tooltip="As Grafana's server sees it">
        <Input
          id="heaphound-api-url"
          width={INPUT_WIDTH}
          value={options.jsonData.apiUrl ?? ""}
          placeholder="http://heaphound-api.heaphound.svc:7412"
          onChange={setOption("apiUrl")}
        />
      </InlineField>
      <InlineField
        label="Token"
        labelWidth={LABEL_WIDTH}
        tooltip="API token or a Kubernetes token; stays on Grafana's server. Everybody who may use this data source sees what it may see"
      >
        <SecretInput
          id="heaphound-token"
          width={INPUT_WIDTH}
          isConfigured={options.secureJsonFields.token === true}
          value={options.secureJsonData?.token ?? ""}
          onChange={setToken}
          onReset={resetToken}
        />
      </InlineField>
      <InlineField
        label="Web page URL"
        labelWidth={LABEL_WIDTH}
        tooltip="As browsers see it; links in panels lead there"
      >
        <Input
          id="heaphound-gui-url"
          width={INPUT_WIDTH}
          value={options.jsonData.guiUrl ?? ""}
          placeholder="https://heaphound.example.com"
          onChange={setOption("guiUrl")}
        />
      </InlineField>
    </FieldSet>
  );
}

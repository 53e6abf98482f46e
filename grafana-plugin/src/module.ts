import { DataSourcePlugin } from "@grafana/data";
import { ConfigEditor } from "./components/ConfigEditor.js";
import { QueryEditor } from "./components/QueryEditor.js";
import { HeaphoundDataSource } from "./datasource.js";
import type { HeaphoundOptions, HeaphoundQuery, HeaphoundSecrets } from "./types.js";

export const plugin = new DataSourcePlugin<HeaphoundDataSource, HeaphoundQuery, HeaphoundOptions, HeaphoundSecrets>(
  HeaphoundDataSource,
)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor);

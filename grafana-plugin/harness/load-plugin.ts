import * as data from "@grafana/data";
import * as runtime from "@grafana/runtime";
import * as ui from "@grafana/ui";
import * as React from "react";
import * as rxjs from "rxjs";
import type { plugin as Plugin } from "../src/module.js";

/** What Grafana gives to plugins by name. */
const SHARED: Readonly<Record<string, unknown>> = {
  "@grafana/data": data,
  "@grafana/runtime": runtime,
  "@grafana/ui": ui,
  react: React,
  rxjs,
};

type Define = (names: string[], factory: (...modules: unknown[]) => unknown) => void;

/** Runs the built module.js the way Grafana's loader does: an AMD module that names what it needs. */
export function loadPlugin(url: string): Promise<typeof Plugin> {
  return new Promise((resolve, reject) => {
    const define: Define & { amd?: object } = (names, factory) => {
      const unknown = names.filter((name) => !(name in SHARED));
      if (unknown.length > 0) return reject(new Error(`Grafana does not share ${unknown.join(", ")}`));
      const module = factory(...names.map((name) => SHARED[name])) as { plugin: typeof Plugin };
      resolve(module.plugin);
    };
    define.amd = {};
    Object.assign(globalThis, { define });
    const script = document.createElement("script");
    script.src = url;
    script.onerror = () => reject(new Error(`${url} cannot be loaded`));
    document.head.append(script);
  });
}

// Six suites: `unit` beside the code, `pipeline` with the real parts together, `browser` and `grafana` in Chromium,
// `containers` from the images, `cluster` in a real Kubernetes.
// Workspaces import each other's `dist`, so `tsc -b` comes first (scripts/test.mjs sees to it).
import { defineConfig } from "vitest/config";

const ignored = ["**/node_modules/**", "**/dist/**", "**/.next/**"];

export default defineConfig({
  test: {
    reporters: ["default"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["{packages,services}/*/src/**/*.test.{ts,tsx}", "integration/cluster/src/**/*.test.ts"],
          exclude: ignored,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "pipeline",
          include: ["integration/pipeline/**/*.test.ts"],
          exclude: ignored,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Each file starts its own stack with an embedded ClickHouse: one at a time.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "browser",
          include: ["integration/browser/**/*.test.ts"],
          exclude: ignored,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "grafana",
          include: ["integration/grafana/**/*.test.ts"],
          exclude: ignored,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "containers",
          include: ["integration/cluster/containers/**/*.test.ts"],
          exclude: ignored,
          globalSetup: "integration/cluster/containers/support/setup.ts",
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "cluster",
          include: ["integration/cluster/tests/**/*.test.ts"],
          exclude: ignored,
          globalSetup: "integration/cluster/tests/support/setup.ts",
          setupFiles: ["integration/cluster/tests/support/evidence.ts"],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // One cluster, one installation of the services at a time.
          fileParallelism: false,
        },
      },
    ],
  },
});

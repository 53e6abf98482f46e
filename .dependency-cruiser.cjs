// Imports go one way: services -> packages. docs/architecture.md draws the arrows; this file holds them.
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-unresolvable",
      severity: "error",
      comment: "an import that nothing answers to",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "packages-know-no-service",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^services/" },
    },
    {
      name: "services-do-not-import-each-other",
      severity: "error",
      comment: "they talk over gRPC, HTTP and SQL",
      from: { path: "^services/([^/]+)/" },
      to: { path: "^services/", pathNot: "^services/$1/" },
    },
    {
      name: "gui-asks-the-api",
      severity: "error",
      comment: "of our packages the GUI uses only the client entry of query: shapes, grammar, fields",
      from: { path: "^services/gui/" },
      to: { path: "^packages/(wire|schema|service-kit)/|^packages/query/(src|dist)/server" },
    },
    {
      name: "query-client-entry-stays-light",
      severity: "error",
      comment: "what runs in a browser knows nothing of SQL or the database",
      from: { path: "^packages/query/(src|dist)/index\\.(ts|js)$" },
      to: { path: "^packages/(schema|service-kit)/", reachable: true },
    },
    {
      name: "wire-stands-alone",
      severity: "error",
      from: { path: "^packages/wire/" },
      to: { path: "^packages/(?!wire/)" },
    },
    {
      name: "service-kit-stands-alone",
      severity: "error",
      from: { path: "^packages/service-kit/" },
      to: { path: "^packages/(?!service-kit/)" },
    },
    {
      name: "production-code-imports-no-test",
      severity: "error",
      from: { pathNot: "\\.test\\.tsx?$|^integration/" },
      to: { path: "\\.test\\.tsx?$|^integration/" },
    },
    {
      name: "production-code-needs-real-dependencies",
      severity: "error",
      comment: "a module that only devDependencies bring is missing in an image",
      from: { path: "^(packages|services)/[^/]+/src/", pathNot: "\\.test\\.tsx?$|/(testing|test-support|gen)/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg"], dependencyTypesNot: ["type-only", "npm"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(\\.next|build|coverage)/" },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".cjs", ".json", ".d.ts"],
    },
  },
};

// Lint rules for all TypeScript and JavaScript here. The limits on size are those of CONTRIBUTING.md; what a rule
// forbids without a reason beside it is forbidden because the compiler cannot see it (floating promises, `any` that leaks in).
import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import globals from "globals";
import ts from "typescript-eslint";

const small = {
  complexity: ["error", 10],
  "max-params": ["error", 4],
  "max-depth": ["error", 3],
};

export default ts.config(
  {
    ignores: [
      "**/dist/",
      "**/build/",
      "**/.next/",
      "**/next-env.d.ts",
      "packages/wire/src/gen/",
      "services/cli/src/api/schema.ts",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: { globals: globals.node },
    rules: { ...small, eqeqeq: "error", "no-var": "error", "prefer-const": "error" },
  },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["vitest.config.ts"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      ...small,
      "max-params": "off",
      "@typescript-eslint/max-params": ["error", { max: 4 }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // Numbers in messages are fine; what must not slip into a text is an object or a promise.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // NestJS modules and controllers are classes that only carry decorators.
      "@typescript-eslint/no-extraneous-class": ["error", { allowWithDecorator: true }],
      // Typed arrays are read by index in hot loops, after their length was checked.
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/prefer-for-of": "off",
      // A narrow dependency is passed as `private readonly writer: EventWriter`; empty bodies follow from that.
      "@typescript-eslint/no-empty-function": ["error", { allow: ["private-constructors", "arrowFunctions"] }],
      eqeqeq: "error",
    },
  },
  {
    // NestJS reads parameter types from metadata, so its constructors need value imports; it also injects any number of parts.
    files: ["services/{api,ingester}/src/**/*.ts"],
    rules: {
      "@typescript-eslint/consistent-type-imports": "off",
      "@typescript-eslint/max-params": ["error", { max: 6 }],
    },
  },
  {
    // The Kubernetes client declares its plain data as classes: objects without a prototype worth keeping.
    files: ["services/injector/src/**/*.ts", "services/cli/src/kube/**/*.ts", "packages/identity/src/**/*.ts"],
    rules: {
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/no-misused-spread": "off",
    },
  },
  {
    files: ["services/gui/src/**/*.{ts,tsx}"],
    languageOptions: { globals: globals.browser },
    // React event handlers may be async; nobody awaits them.
    rules: { "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }] },
  },
  {
    // Grafana 12 provisions dashboards of schema 1; the SDK calls it deprecated for schema 2, which is a preview there.
    files: ["dashboards/src/**/*.ts"],
    rules: { "@typescript-eslint/no-deprecated": "off" },
  },
  {
    // A test names its case and then says what holds; many small closures and literals are its nature.
    files: ["**/*.test.{ts,tsx}", "integration/**/*.ts"],
    rules: { "@typescript-eslint/unbound-method": "off" },
  },
  prettier,
);

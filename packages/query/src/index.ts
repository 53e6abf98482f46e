/** Client entry: shapes, field catalog and question language. Knows nothing of SQL, runs in a browser. */
export * from "./ast.js";
export * from "./catalog.js";
export * from "./language/complete.js";
export * from "./language/parse.js";
export * from "./language/print.js";
export type { QuestionProblem } from "./language/question-error.js";
export * from "./language/units.js";
export * from "./shapes/index.js";

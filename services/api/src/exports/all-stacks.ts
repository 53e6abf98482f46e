import { Params, type ProcessScope } from "@heaphound/query/server";
import type { Database } from "../database/database.js";
import type { ProcessStacks } from "../stacks/process-stacks.js";
import type { StackStore } from "../stacks/stack-store.js";

/** All stacks of a process that are stored by now. */
export async function allStacks(database: Database, store: StackStore, scope: ProcessScope): Promise<ProcessStacks> {
  const params = new Params();
  const query = params.query(
    `SELECT max(stack) AS newest FROM process_stacks WHERE process = ${params.bind(scope.process, "UInt64")}`,
  );
  const [row] = await database.rows<{ newest: number }>("newest-stack", query);
  return store.load(scope.process, [row?.newest ?? 0]);
}

import { Params, type CompiledQuery } from "../sql/params.js";
import { culledBranches, rowBranches, type Sums } from "../sql/stack-sums.js";
import { usageBranches } from "../sql/usage.js";

export interface StackSumsQuestion extends Sums {
  /** Take whole seconds from the rollup: for recordings so large that reading their rows takes too long. */
  preferUsage?: boolean;
  limit: number;
}

/**
 * Per stack what it holds of the measure, the heaviest first: `stack UInt32, bytes Int64, count Int64`, and, when the scope is
 * sampled, `variance Float64` of the bytes.
 */
export function compileStackSums(question: StackSumsQuestion): CompiledQuery {
  const params = new Params();
  const rollup = question.preferUsage ? usageBranches(question, params) : undefined;
  const branches = rollup ?? [...rowBranches(question, params), ...culledBranches(question, params)];
  const variance = question.scope.isSampled ? ", greatest(sum(variance), 0.) AS variance" : "";
  return params.query(`
SELECT stack, toInt64(sum(bytes)) AS bytes, toInt64(sum(count)) AS count${variance}
FROM
(${branches.join("\n  UNION ALL")}
)
GROUP BY stack
HAVING count > 0
ORDER BY bytes DESC, stack
LIMIT ${params.bind(question.limit, "UInt32")}`);
}

/** The result shapes as the GUI names them: types only, nothing of the package is in the browser's bundle. */
export type {
  AllocationRow,
  Allocations,
  ApiError,
  Frame,
  Groups,
  Loss,
  Measure,
  ProcessDetail,
  ProcessList,
  ProcessSummary,
  StackGroup,
  Timeline,
  Tree,
  Weight,
} from "@heaphound/query";

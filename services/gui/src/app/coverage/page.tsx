import type { ReactNode } from "react";
import { Suspense } from "react";
import { CoveragePage } from "../../fleet/coverage-page";

export default function Page(): ReactNode {
  return (
    <Suspense>
      <CoveragePage />
    </Suspense>
  );
}

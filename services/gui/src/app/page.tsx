import type { ReactNode } from "react";
import { Suspense } from "react";
import { ProcessListPage } from "../list/process-list-page";

export default function Page(): ReactNode {
  return (
    <Suspense>
      <ProcessListPage />
    </Suspense>
  );
}

import type { ReactNode } from "react";
import { Suspense } from "react";
import { ProcessPage } from "../../../process/process-page";

export default async function Page({ params }: { params: Promise<{ process: string }> }): Promise<ReactNode> {
  const { process } = await params;
  return (
    <Suspense>
      <ProcessPage process={decodeURIComponent(process)} />
    </Suspense>
  );
}

"use client";
import type { ReactNode } from "react";
import { Shell } from "../ui/shell";
import { Failure } from "../ui/states";

export default function ErrorPage({ error, reset }: { error: Error; reset: () => void }): ReactNode {
  return (
    <Shell>
      <Failure error={error} retry={reset} />
    </Shell>
  );
}

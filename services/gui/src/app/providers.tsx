"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { ApiFailure } from "../api/client";

/** Answers like "no such process" or "the filter is wrong" stay as they are; anything else is worth another try. */
const mayPass = (error: Error): boolean => !(error instanceof ApiFailure) || error.status === 0 || error.status >= 500;

const newClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 1 && mayPass(error),
        retryDelay: 400,
        // A page that found nobody home looks again by itself.
        refetchInterval: (query) => (query.state.error !== null && mayPass(query.state.error) ? 4000 : false),
      },
    },
  });

export function Providers({ children }: { children: ReactNode }): ReactNode {
  const [client] = useState(newClient);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

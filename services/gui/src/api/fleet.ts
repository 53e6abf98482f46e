"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getJson } from "./client";
import type { Coverage, CoveragePods } from "./shapes";

/** The injector reports this often. */
const RENEW_MS = 10_000;

export interface PodScope {
  namespace: string | null;
  workload: string | null;
  code: string | null;
}

export const useCoverage = (): UseQueryResult<Coverage> =>
  useQuery({
    queryKey: ["coverage"],
    queryFn: ({ signal }) => getJson<Coverage>("/coverage", {}, signal),
    refetchInterval: RENEW_MS,
  });

export const useCoveragePods = (scope: PodScope, limit: number): UseQueryResult<CoveragePods> =>
  useQuery({
    queryKey: ["coverage", "pods", scope, limit],
    queryFn: ({ signal }) => getJson<CoveragePods>("/coverage/pods", { ...scope, limit }, signal),
    refetchInterval: RENEW_MS,
    placeholderData: keepPreviousData,
  });

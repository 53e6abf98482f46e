"use client";
import type { UseMutationResult, UseQueryResult } from "@tanstack/react-query";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getJson, postJson, processPath } from "./client";
import type { ProcessSettings, RecordingMode } from "./shapes";

const keyOf = (process: string): string[] => [process, "settings"];

/** What was asked of a running process so far. */
export function useSettings(process: string): UseQueryResult<ProcessSettings> {
  return useQuery({
    queryKey: keyOf(process),
    queryFn: ({ signal }) => getJson<ProcessSettings>(processPath(process, "settings"), {}, signal),
  });
}

/** Asks a running process to record otherwise; what was asked shows at once when it is written. */
export function useChangeSettings(process: string): UseMutationResult<ProcessSettings, Error, { mode: RecordingMode }> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change) => postJson<ProcessSettings>(processPath(process, "settings"), change),
    onSuccess: (settings) => client.setQueryData(keyOf(process), settings),
  });
}

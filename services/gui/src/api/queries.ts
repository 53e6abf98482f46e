"use client";
import type { InfiniteData, UseInfiniteQueryResult, UseQueryResult } from "@tanstack/react-query";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Query } from "./client";
import { getJson, postJson, processPath } from "./client";
import type { Allocations, Ending, Groups, Maps, ProcessDetail, ProcessList, Timeline, Tree } from "./shapes";

/**
 * Every query about a process has the key [process, view, parameters], so that news of a process renews all of its views
 * at once (live.ts). Old data stay on screen until the new ones are there: nothing jumps.
 */
function useView<T>(process: string, view: string, params: Query, enabled = true): UseQueryResult<T> {
  return useQuery({
    queryKey: [process, view, params],
    queryFn: ({ signal }) => getJson<T>(processPath(process, view), params, signal),
    // Only data of the same process may stand in for what is still coming.
    placeholderData: (data, query) => (query?.queryKey[0] === process ? data : undefined),
    enabled,
  });
}

export const LIST_KEY = "processes";

export function useProcesses(params: Query): UseQueryResult<ProcessList> {
  return useQuery({
    queryKey: [LIST_KEY, params],
    queryFn: ({ signal }) => getJson<ProcessList>("/processes", params, signal),
    placeholderData: keepPreviousData,
  });
}

export const useProcess = (process: string): UseQueryResult<ProcessDetail> => useView<ProcessDetail>(process, "", {});

export const useTimeline = (process: string, params: Query, enabled: boolean): UseQueryResult<Timeline> =>
  useView<Timeline>(process, "timeline", params, enabled);

export const useTree = (process: string, params: Query): UseQueryResult<Tree> => useView<Tree>(process, "tree", params);

export const useGroups = (process: string, params: Query): UseQueryResult<Groups> =>
  useView<Groups>(process, "groups", params);

export const useMaps = (process: string, params: Query): UseQueryResult<Maps> => useView<Maps>(process, "maps", params);

export const useEnding = (process: string, enabled: boolean): UseQueryResult<Ending> =>
  useView<Ending>(process, "ending", {}, enabled);

/** Pages of allocations, one after the other, as the reader scrolls. */
export function useAllocations(process: string, params: Query): UseInfiniteQueryResult<InfiniteData<Allocations>> {
  return useInfiniteQuery({
    queryKey: [process, "allocations", params],
    queryFn: ({ signal, pageParam }) =>
      getJson<Allocations>(processPath(process, "allocations"), { ...params, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

/** A field of the question language, for hints. */
export interface FieldInfo {
  name: string;
  type: string;
  operators: string[];
  description: string;
  example: string;
}

export function useFields(): UseQueryResult<FieldInfo[]> {
  return useQuery({
    queryKey: ["fields"],
    queryFn: async ({ signal }) => {
      const answer = await getJson<FieldInfo[] | { fields: FieldInfo[] }>("/fields", {}, signal);
      return Array.isArray(answer) ? answer : answer.fields;
    },
    staleTime: Infinity,
  });
}

/** What is wrong with a question, and at which character. */
export interface QuestionProblem {
  message: string;
  position: number;
  expected: string[];
  advice?: string;
}

export interface QuestionCheck {
  ok: boolean;
  error?: QuestionProblem;
  canonical?: string;
}

export function useQuestionCheck(text: string): UseQueryResult<QuestionCheck> {
  return useQuery({
    queryKey: ["check", text],
    queryFn: ({ signal }) => postJson<QuestionCheck>("/question/check", { q: text }, signal),
    enabled: text.trim() !== "",
    staleTime: Infinity,
  });
}

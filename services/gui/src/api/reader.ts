"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import { useQuery } from "@tanstack/react-query";
import { deleteAt, getJson, postJson } from "./client";
import type { Reader, SignIn } from "./shapes";

export const useReader = (): UseQueryResult<Reader> =>
  useQuery({
    queryKey: ["reader"],
    queryFn: ({ signal }) => getJson<Reader>("/reader", {}, signal),
    staleTime: 60_000,
  });

export const useSignInMode = (): UseQueryResult<SignIn> =>
  useQuery({
    queryKey: ["session"],
    queryFn: ({ signal }) => getJson<SignIn>("/session", {}, signal),
    staleTime: Infinity,
  });

/** The token goes to the server and comes back as a cookie that this page cannot read. */
export const signIn = (token: string): Promise<void> => postJson("/session", { token });

export const signOut = (): Promise<void> => deleteAt("/session");

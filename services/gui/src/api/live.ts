"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { apiUrl } from "./client";
import { followEvents } from "./news";
import { LIST_KEY } from "./queries";

/** At most this often does news renew what is shown: fast enough to look alive, slow enough for the database. */
const RENEW_MS = 1000;

interface News {
  process: string;
  revision: number;
  liveBytes: number;
  running: boolean;
}

/**
 * Renews the views of a process (or the list) when the API says that new data are there. Without the event stream it asks
 * from time to time instead. `address` is what the page's address calls the
 * process (a prefix, "latest"), `key` its name in the stream; undefined = not known yet.
 */
export function useLive(process: { address: string; key: string } | "all" | undefined): void {
  const address = process === "all" ? LIST_KEY : process?.address;
  const key = process === "all" ? null : (process?.key ?? null);
  const client = useQueryClient();
  useEffect(() => {
    if (address === undefined) return;
    let due: ReturnType<typeof setTimeout> | null = null;
    const renew = (): void => {
      due = null;
      void client.invalidateQueries({ queryKey: [address] });
    };
    const soon = (): void => {
      due ??= setTimeout(renew, RENEW_MS);
    };
    const hear = (data: string): void => {
      const news = JSON.parse(data) as News;
      if (key === null || news.process === key) soon();
    };
    const stop = followEvents(apiUrl("/live", { process: key }), hear, soon);
    return () => {
      stop();
      if (due !== null) clearTimeout(due);
    };
  }, [client, address, key]);
}

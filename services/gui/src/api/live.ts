"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { apiUrl } from "./client";
import { LIST_KEY } from "./queries";

/** At most this often does news renew what is shown: fast enough to look alive, slow enough for the database. */
const RENEW_MS = 1000;
/** How often to ask when the stream of news is not available. */
const POLL_MS = 3000;

interface News {
  process: string;
  revision: number;
  liveBytes: number;
  running: boolean;
}

/**
 * Renews the views of a process (or the list) when the API says that new data are there. Without the event stream it asks
 * from time to time instead; the browser reconnects the stream by itself. `address` is what the page's address calls the
 * process (a prefix, "latest"), `key` its name in the stream; undefined = not known yet.
 */
export function useLive(process: { address: string; key: string } | "all" | undefined): void {
  const address = process === "all" ? LIST_KEY : process?.address;
  const key = process === "all" ? null : (process?.key ?? null);
  const client = useQueryClient();
  useEffect(() => {
    if (address === undefined) return;
    const source = new EventSource(apiUrl("/live", { process: key }));
    let due: ReturnType<typeof setTimeout> | null = null;
    let poll: ReturnType<typeof setInterval> | null = null;
    const renew = (): void => {
      due = null;
      if (document.visibilityState === "visible") void client.invalidateQueries({ queryKey: [address] });
    };
    const soon = (): void => {
      due ??= setTimeout(renew, RENEW_MS);
    };
    source.onmessage = (event: MessageEvent<string>) => {
      const news = JSON.parse(event.data) as News;
      if (key === null || news.process === key) soon();
    };
    source.onopen = () => {
      if (poll !== null) clearInterval(poll);
      poll = null;
    };
    source.onerror = () => {
      poll ??= setInterval(soon, POLL_MS);
    };
    document.addEventListener("visibilitychange", soon);
    return () => {
      source.close();
      document.removeEventListener("visibilitychange", soon);
      if (due !== null) clearTimeout(due);
      if (poll !== null) clearInterval(poll);
    };
  }, [client, address, key]);
}

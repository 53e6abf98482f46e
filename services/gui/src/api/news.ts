/** How long until a stream that the browser gave up is tried again. */
const RETRY_MS = 3000;

/**
 * Follows a stream of server-sent events while the page is visible: a hidden one gives its connection back, since browsers
 * have six per server. `onGap` is called whenever something may have been missed: on return, and while there is no stream.
 * Returns how to stop.
 */
export function followEvents(url: string, onEvent: (data: string) => void, onGap: () => void): () => void {
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | null = null;
  const close = (): void => {
    source?.close();
    source = null;
    if (retry !== null) clearTimeout(retry);
    retry = null;
  };
  const open = (): void => {
    close();
    const opened = new EventSource(url);
    source = opened;
    opened.onmessage = (event: MessageEvent<string>) => onEvent(event.data);
    opened.onerror = () => {
      // A broken connection the browser mends by itself; an answer that is no stream (the API is gone) it does not.
      if (opened.readyState !== EventSource.CLOSED || opened !== source) return;
      close();
      retry = setTimeout(again, RETRY_MS);
    };
  };
  const again = (): void => {
    onGap();
    open();
  };
  const changed = (): void => {
    if (document.visibilityState === "visible") again();
    else close();
  };
  document.addEventListener("visibilitychange", changed);
  if (document.visibilityState === "visible") open();
  return () => {
    document.removeEventListener("visibilitychange", changed);
    close();
  };
}

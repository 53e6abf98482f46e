const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/**
 * Whether a request may be answered: where only this machine can connect, the address asked for must be one of it. Otherwise a page
 * from elsewhere could let a name of its own point to 127.0.0.1 (DNS rebinding) and read everything.
 * @param {string} listenHost
 * @param {string | undefined} host header of the request
 */
export function isExpectedHost(listenHost, host) {
  return !LOOPBACK.test(listenHost) || LOOPBACK.test((host ?? "").replace(/:\d{1,5}$/, ""));
}

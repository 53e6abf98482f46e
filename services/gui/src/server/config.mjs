/** @typedef {{ host: string; port: number; apiUrl: URL; dev: boolean }} GuiConfig */

/**
 * Reads and checks the settings; throws with advice, so a wrong one stops the start and not a later request.
 * @param {Record<string, string | undefined>} env
 * @returns {GuiConfig}
 */
export function loadConfig(env) {
  const listen = env["HEAPHOUND_LISTEN"] ?? "127.0.0.1:7413";
  const match = /^(.*):(\d{1,5})$/.exec(listen);
  const port = Number(match?.[2]);
  if (!match?.[1] || port > 65_535)
    throw new Error(`HEAPHOUND_LISTEN is "${listen}"; write host:port, for example 127.0.0.1:7413`);
  return {
    host: match[1].replace(/^\[|\]$/g, ""),
    port,
    apiUrl: parseApiUrl(env["HEAPHOUND_API_URL"] ?? "http://127.0.0.1:7412"),
    dev: env["HEAPHOUND_GUI_DEV"] === "1",
  };
}

/** @param {string} text */
function parseApiUrl(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw new Error(`HEAPHOUND_API_URL is "${text}"; write the API's address, for example http://127.0.0.1:7412`);
  return url;
}

// The server in server/ answers /api/* and sets the security headers; Next renders pages and serves their files.
import path from "node:path";

/** @type {import("next").NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  // The type checker and the linter run on their own (npm run typecheck, npm run lint).
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
  // The long form is what people guess.
  redirects: () => Promise.resolve([{ source: "/process/:process", destination: "/p/:process", permanent: false }]),
  turbopack: { root: path.resolve(import.meta.dirname, "../..") },
};

export default config;

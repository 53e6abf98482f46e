import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CliError } from "./errors.js";

/** Top folder of the installation: services/, preload/ and packages/ are below it. */
export const installation = fileURLToPath(new URL("../../..", import.meta.url));

/** --data, $HEAPHOUND_DATA_DIR, $XDG_DATA_HOME/heaphound, ~/.local/share/heaphound: the first that is set. */
export function dataDirectory(option: string | undefined, environment = process.env): string {
  const explicit = option ?? environment.HEAPHOUND_DATA_DIR;
  if (explicit !== undefined && explicit !== "") return resolve(explicit);
  const share = environment.XDG_DATA_HOME ?? join(homedir(), ".local/share");
  return join(share, "heaphound");
}

/** Where profiled programs leave what the ingester had not confirmed when they ended. */
export function spoolDirectory(dataDir: string): string {
  return join(dataDir, "spool");
}

const architectures: Readonly<Record<string, string>> = {
  x64: "amd64",
  arm64: "arm64",
  arm: "armv7",
  mips64el: "mips64el",
  riscv64: "riscv64",
  ppc64: "ppc64le",
  s390x: "s390x",
};

export function architectureName(nodeArchitecture: string = process.arch): string {
  return architectures[nodeArchitecture] ?? nodeArchitecture;
}

/** The preload library for this machine. */
export function preloadLibrary(): string {
  const architecture = architectureName();
  const file = join(installation, `preload/build/${architecture}/libheaphound.so`);
  if (existsSync(file)) return file;
  throw new CliError(`there is no preload library for ${architecture}: ${file} is missing`, {
    advice: "Build it: npm run setup -- --for build",
  });
}

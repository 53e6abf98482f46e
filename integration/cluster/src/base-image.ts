// Stands in for the official Node image where no registry can be reached: Debian by debootstrap, with the checkout's Node.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, run } from "./command.ts";
import type { Docker } from "./docker.ts";
import { checkout } from "./paths.ts";
import { step } from "./progress.ts";

const suite = "bookworm";
const npmVersion = "11.19.1";
const certificates = "/etc/ssl/certs/ca-certificates.crt";
const nodeBinary = join(checkout, "node_modules/node/bin/node");

/** Name of the image; makes it if the engine does not have it. */
export async function baseImage(engine: Docker): Promise<string> {
  const inputs = `${suite} ${npmVersion} ${await run([nodeBinary, "--version"])}`;
  const hash = createHash("sha256").update(inputs).update(readFileSync(certificates)).digest("hex").slice(0, 12);
  const name = `localhost/heaphound-node:${hash}`;
  if ((await engine.docker(["images", "--quiet", name])).trim() === "") {
    await step("base image (debootstrap)", () => make(name, engine));
  }
  return name;
}

async function make(name: string, { docker }: Docker): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "heaphound-base-"));
  try {
    const packages = "--include=ca-certificates,libstdc++6,libatomic1";
    await run(["debootstrap", "--variant=minbase", packages, suite, root]);
    // Registries may be behind a proxy with a certificate that this machine trusts.
    copyFileSync(certificates, join(root, certificates));
    copyFileSync(realpathSync(nodeBinary), join(root, "usr/local/bin/node"));
    await addNpm(root);
    for (const left of ["var/cache/apt", "var/lib/apt/lists", "var/log", "usr/share/doc", "usr/share/locale"]) {
      rmSync(join(root, left), { recursive: true, force: true });
      mkdirSync(join(root, left));
    }
    const archive = `${root}.tar`;
    await run(["tar", "--numeric-owner", "-C", root, "-cf", archive, "."]);
    const settings = ["--change", `ENV NODE_EXTRA_CA_CERTS=${certificates}`, "--change", 'CMD ["node"]'];
    await docker(["import", ...settings, archive, name]);
    rmSync(archive);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function addNpm(root: string): Promise<void> {
  const folder = join(root, "usr/local/lib/node_modules/npm");
  mkdirSync(folder, { recursive: true });
  const archive = join(root, `npm-${npmVersion}.tgz`);
  await run(["npm", "pack", "--silent", `npm@${npmVersion}`], { cwd: root });
  await run(["tar", "-xzf", archive, "-C", folder, "--strip-components=1"]);
  rmSync(archive);
  for (const tool of ["npm", "npx"]) {
    await run(["ln", "-s", `../lib/node_modules/npm/bin/${tool}-cli.js`, join(root, "usr/local/bin", tool)]);
  }
}

export async function whyNoBaseImage(): Promise<string | undefined> {
  if (!existsSync(nodeBinary)) return "needs this checkout's Node: npm run setup";
  const found = await attempt(["sh", "-c", "command -v debootstrap"]);
  return found.code === 0 ? undefined : "needs debootstrap: apt-get install debootstrap";
}

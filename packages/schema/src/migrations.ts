import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export interface Migration {
  /** File name without `.sql`: `0001_initial`. */
  name: string;
  template: string;
  /** Of the template, so that it is the same whatever it is rendered for. */
  checksum: string;
}

const DIRECTORY = fileURLToPath(new URL("../migrations/", import.meta.url));

/** All migrations, in the order of their numbers. */
export async function readMigrations(directory = DIRECTORY): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => /^\d{4}_\w+\.sql$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => {
      const template = await readFile(`${directory}/${file}`, "utf8");
      const checksum = createHash("sha256").update(template).digest("hex");
      return { name: file.replace(/\.sql$/, ""), template, checksum };
    }),
  );
}

// The chart as it once was, from this checkout's history: what people have who upgrade.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, run } from "../../src/command.ts";
import { checkout } from "../../src/paths.ts";

/** Before the injector told the ingester how pods are: other containers, accounts and volumes than today. */
const COMMIT = "e0e17354fac8f2b01a652fa1eaa28311687ad933";

const git = (...words: string[]): string[] => ["git", "-C", checkout, ...words];

export class OldChart {
  private readonly commit: string;

  private constructor(commit: string) {
    this.commit = commit;
  }

  /** Undefined: there is no history here, as in an archive or a shallow clone. */
  static async find(): Promise<OldChart | undefined> {
    const found = await attempt(git("cat-file", "-e", `${COMMIT}:charts/heaphound/Chart.yaml`));
    return found.code === 0 ? new OldChart(COMMIT) : undefined;
  }

  /** Its folder is there while the action runs. */
  async use<T>(action: (folder: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), "heaphound-old-chart-"));
    try {
      await run(git("archive", `--output=${folder}/chart.tar`, this.commit, "charts/heaphound"));
      await run(["tar", "-xf", `${folder}/chart.tar`, "-C", folder]);
      return await action(join(folder, "charts/heaphound"));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

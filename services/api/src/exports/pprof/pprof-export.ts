import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Database } from "../../database/database.js";
import { modulesQuery, type ModuleRow } from "../../processes/detail-queries.js";
import { TreeService } from "../../views/tree-service.js";
import { programAndPid, type ExportFile, type ExportQuestion } from "../export.js";
import { ProfileBuilder } from "./profile-builder.js";

const gzipAsync = promisify(gzip);

/** pprof profiles: what was allocated in the window and what of all is live at its end. */
export class PprofExport {
  constructor(
    private readonly database: Database,
    private readonly trees: TreeService,
  ) {}

  async file(reference: string, { filter, from, to }: ExportQuestion): Promise<ExportFile> {
    const allocated = await this.trees.measure(reference, { measure: "allocated", from, to, filter });
    const live = await this.trees.measure(reference, { measure: "live", at: to, filter });
    const key = String(BigInt(`0x${allocated.process.process}`));
    const builder = new ProfileBuilder(
      allocated.process,
      live.stacks,
      await this.database.rows<ModuleRow>("modules", modulesQuery(key)),
    );
    const { sums } = allocated;
    sums.stacks.forEach((stack, i) => builder.allocated(stack, sums.counts[i]!, sums.bytes[i]!));
    live.sums.stacks.forEach((stack, i) => builder.inUse(stack, live.sums.counts[i]!, live.sums.bytes[i]!));
    return {
      name: `heaphound.${programAndPid(allocated.process)}.pb.gz`,
      contentType: "application/octet-stream",
      content: once(() => gzipAsync(builder.encode())),
    };
  }
}

async function* once(make: () => Promise<Buffer>): AsyncGenerator<Buffer> {
  yield await make();
}

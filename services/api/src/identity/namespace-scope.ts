import type { ReviewedUser, Reviewer } from "@heaphound/identity";
import type { Database } from "../database/database.js";
import { compileNamespaces } from "@heaphound/query/server";

const REFRESH_MS = 15_000;

/**
 * Which namespaces a person may see: those whose pods Kubernetes lets them get. Who may list the pods of all namespaces
 * sees everything, processes outside of clusters too.
 */
export class NamespaceScope {
  private known: { at: number; namespaces: Promise<string[]> } | undefined;

  constructor(
    private readonly database: Database,
    private readonly reviewer: Reviewer,
  ) {}

  /** Undefined: all. */
  async of(user: ReviewedUser): Promise<string[] | undefined> {
    if (await this.reviewer.mayReadPods(user, { namespace: undefined, verb: "list" })) return undefined;
    const namespaces = await this.recorded();
    const allowed = await Promise.all(
      namespaces.map((namespace) => this.reviewer.mayReadPods(user, { namespace, verb: "get" })),
    );
    return namespaces.filter((_, index) => allowed[index]);
  }

  private recorded(): Promise<string[]> {
    const now = performance.now();
    if (!this.known || now - this.known.at > REFRESH_MS) {
      const namespaces = this.read();
      this.known = { at: now, namespaces };
      namespaces.catch(() => (this.known = undefined));
    }
    return this.known.namespaces;
  }

  private async read(): Promise<string[]> {
    const rows = await this.database.rows<{ namespace: string }>("namespaces", compileNamespaces());
    return rows.map(({ namespace }) => namespace);
  }
}

import Link from "next/link";
import type { ReactNode } from "react";
import type { PodScope } from "../api/fleet";
import type { CoverageCause } from "../api/shapes";
import { Marked } from "../ui/marked";
import { printScope } from "./scope";
import styles from "./fleet.module.css";

/** Why profiles are missing, the commonest cause first, each with what to do. */
export function CauseList({ causes, scope }: { causes: readonly CoverageCause[]; scope: PodScope }): ReactNode {
  if (causes.length === 0) return null;
  return (
    <section aria-label="Causes">
      <ul className={styles.causes}>
        {causes.map((cause) => (
          <li key={cause.code} data-severity={cause.severity}>
            <Link
              className={styles.cause}
              href={`/coverage${printScope({ ...scope, code: scope.code === cause.code ? null : cause.code })}`}
              aria-current={scope.code === cause.code}
              scroll={false}
            >
              <strong>{cause.pods}</strong> {cause.title}
            </Link>
            <span className={styles.advice}>
              <Marked text={cause.advice} />
            </span>
            <code className={styles.code}>{cause.code}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}

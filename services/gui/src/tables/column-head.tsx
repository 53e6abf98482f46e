import type { ReactNode } from "react";
import type { Sort } from "../question/question";
import styles from "./tables.module.css";

export interface Column {
  /** Sort key of the API; a column without one cannot be sorted by. */
  key: string;
  label: string;
  title?: string;
  numeric?: boolean;
  sortable?: boolean;
}

interface HeadProps {
  columns: readonly Column[];
  template: string;
  sort: Sort;
  onSort: (sort: Sort) => void;
}

const ariaSort = (sort: Sort, key: string): "ascending" | "descending" | "none" =>
  sort.key !== key ? "none" : sort.descending ? "descending" : "ascending";

/** Column headings; clicking one sorts by it, clicking it again turns the order around. */
export function ColumnHead({ columns, template, sort, onSort }: HeadProps): ReactNode {
  return (
    <div className={styles.head} role="row" style={{ gridTemplateColumns: template }}>
      {columns.map(({ key, label, title, numeric, sortable }) => (
        <div
          key={key}
          role="columnheader"
          className={numeric === true ? styles.number : undefined}
          title={title}
          aria-sort={sortable === false ? undefined : ariaSort(sort, key)}
        >
          {sortable === false ? (
            label
          ) : (
            <button
              type="button"
              className={`${styles.sortable ?? ""} ${sort.key === key ? (styles.sorted ?? "") : ""}`}
              onClick={() => onSort({ key, descending: sort.key === key ? !sort.descending : numeric === true })}
            >
              {label}
              {sort.key === key && <span aria-hidden="true">{sort.descending ? " ↓" : " ↑"}</span>}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}

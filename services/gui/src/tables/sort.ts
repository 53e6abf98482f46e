import type { Sort } from "../question/question";
import type { Column } from "./column-head";

/** The order that the address asks for, if the table has that column; else its own. */
export function sortOf(asked: Sort | null, columns: readonly Column[], usual: Sort): Sort {
  const known = columns.some(({ key, sortable }) => key === asked?.key && sortable !== false);
  return asked !== null && known ? asked : usual;
}

/** The order as parameters of the API. */
export const sortParams = ({ key, descending }: Sort): { sort: string; order: string } => ({
  sort: key,
  order: descending ? "desc" : "asc",
});

import type { ReadersMode } from "./readers.js";

/** How readers prove who they are, as Nest hands it to controllers: it needs a class to name it by. */
export class ReadersOptions {
  constructor(readonly options: ReadersMode) {}
}

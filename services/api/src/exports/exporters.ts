import { AppError } from "@heaphound/service-kit";
import { FORMATS, type ExportFile, type ExportQuestion, type Format } from "./export.js";

/** Makes files of one format. */
export interface Exporter {
  file(reference: string, question: ExportQuestion): Promise<ExportFile>;
}

/** The formats that there are. */
export class Exporters {
  constructor(private readonly byFormat: Record<Format, Exporter>) {}

  file(format: string, reference: string, question: ExportQuestion): Promise<ExportFile> {
    const known = FORMATS.find((name) => name === format);
    if (known) return this.byFormat[known].file(reference, question);
    throw new AppError(`there is no format ${JSON.stringify(format)}`, {
      code: "unknown_format",
      advice: `Formats are ${FORMATS.join(", ")}.`,
      httpStatus: 404,
    });
  }
}

import { Controller, Get, Param, Query, Res } from "@nestjs/common";
import { ApiOkResponse, ApiParam, ApiTags } from "@nestjs/swagger";
import { z } from "@heaphound/service-kit";
import type { Response } from "express";
import { Parameters, ProcessParameter } from "../http/view-docs.js";
import { instant, MEASURES, question, readQuery, WEIGHTS, type Query as QueryText } from "../views/parameters.js";
import { COMPRESSIONS } from "./compress.js";
import { Exporters } from "./exporters.js";
import { FORMATS } from "./export.js";
import { sendFile } from "./send-file.js";

const exportQuery = z.object({
  q: question,
  from: instant.optional(),
  to: instant.optional(),
  at: instant.optional(),
  measure: z.enum(MEASURES).default("live"),
  weight: z.enum(WEIGHTS).default("bytes"),
  compression: z.enum(COMPRESSIONS).default("zstd"),
});

@ApiTags("exports")
@Controller("processes/:process/export")
export class ExportsController {
  constructor(private readonly exporters: Exporters) {}

  @Get(":format")
  @ProcessParameter()
  @ApiParam({ name: "format", enum: FORMATS })
  @Parameters(["q", "from", "to", "at", "measure", "weight", "compression"])
  @ApiOkResponse({
    description: "the file",
    content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
  })
  async download(
    @Param("process") process: string,
    @Param("format") format: string,
    @Query() query: QueryText,
    @Res() response: Response,
  ): Promise<void> {
    const { q, ...rest } = readQuery(exportQuery, query);
    await sendFile(response, await this.exporters.file(format, process, { filter: q, ...rest }));
  }
}

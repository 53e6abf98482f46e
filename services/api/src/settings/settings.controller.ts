import { Body, Controller, Get, HttpCode, Param, Post } from "@nestjs/common";
import { ApiBody, ApiTags } from "@nestjs/swagger";
import type { ProcessSettings, RecordingMode } from "@heaphound/query";
import { AppError, z } from "@heaphound/service-kit";
import { Answers, ProcessParameter } from "../http/view-docs.js";
import { readQuery, type Query } from "../views/parameters.js";
import { SettingsService } from "./settings-service.js";

const MODES = ["exact", "cull", "sample", "auto", "dormant"] as const satisfies readonly RecordingMode[];

const body = z.object({
  mode: z.enum(MODES).optional(),
  sampleBytes: z
    .number()
    .int()
    .min(1)
    .max(2 ** 40)
    .optional(),
  cullMs: z.number().int().min(1).max(86_400_000).optional(),
  stop: z.literal(true).optional(),
});

const BODY_SCHEMA = {
  type: "object",
  properties: {
    mode: { type: "string", enum: [...MODES], description: "dormant pauses, any other goes on" },
    sampleBytes: { type: "integer", minimum: 1, description: "mean bytes between samples" },
    cullMs: { type: "integer", minimum: 1, description: "what lives shorter is only counted" },
    stop: { type: "boolean", enum: [true], description: "stop recording for good" },
  },
};

@ApiTags("settings")
@Controller("processes/:process/settings")
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Get()
  @ProcessParameter()
  @Answers("ProcessSettings", "what was asked of the process so far")
  readSettings(@Param("process") process: string): Promise<ProcessSettings> {
    return this.settings.read(process);
  }

  @Post()
  @HttpCode(202)
  @ProcessParameter()
  @ApiBody({ schema: BODY_SCHEMA })
  @Answers("ProcessSettings", "written; it reaches the process within about a second")
  changeSettings(@Param("process") process: string, @Body() query: Query): Promise<ProcessSettings> {
    const change = readQuery(body, query);
    if (Object.keys(change).length === 0) throw nothingAsked();
    return this.settings.change(process, change);
  }
}

function nothingAsked(): AppError {
  return new AppError("nothing is to be changed", {
    code: "bad_parameters",
    advice: "Name at least one of mode, sampleBytes, cullMs, stop in a JSON body.",
    httpStatus: 400,
  });
}

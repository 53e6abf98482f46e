import { Body, Controller, Get, HttpCode, Post } from "@nestjs/common";
import { ApiBody, ApiTags } from "@nestjs/swagger";
import type { FieldList, QuestionCheck } from "@heaphound/query";
import { z } from "@heaphound/service-kit";
import { Answers } from "../http/view-docs.js";
import { readQuery, type Query } from "../views/parameters.js";
import { checkQuestion, listFields } from "./question-service.js";

const checkBody = z.object({ q: z.string() });

@ApiTags("question language")
@Controller()
export class QuestionController {
  @Get("fields")
  @Answers("FieldList")
  fields(): FieldList {
    return { fields: listFields() };
  }

  @Post("question/check")
  @HttpCode(200)
  @ApiBody({ schema: { type: "object", required: ["q"], properties: { q: { type: "string" } } } })
  @Answers("QuestionCheck")
  check(@Body() body: Query): QuestionCheck {
    return checkQuestion(readQuery(checkBody, body).q);
  }
}

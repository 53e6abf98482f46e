import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from "@nestjs/common";
import { ApiBody, ApiTags } from "@nestjs/swagger";
import type { SignIn } from "@heaphound/query";
import { AppError, z } from "@heaphound/service-kit";
import type { Request, Response } from "express";
import { Answers } from "../http/view-docs.js";
import { readQuery, type Query } from "../views/parameters.js";
import { checkToken } from "./readers.js";
import { ReadersOptions } from "./readers-options.js";
import { dropToken, foreignPage, isOwnPage, keepToken } from "./token-cookie.js";

const body = z.object({ token: z.string().trim().min(1).max(16_384) });

const BODY_SCHEMA = {
  type: "object",
  required: ["token"],
  properties: { token: { type: "string", description: "a Kubernetes token, or the server's own" } },
};

/** Signing in by a page: the token goes into a cookie that scripts cannot read. */
@ApiTags("readers")
@Controller("session")
export class SessionController {
  constructor(private readonly readers: ReadersOptions) {}

  @Get()
  @Answers("SignIn", "what a reader has to bring")
  signInMode(): SignIn {
    return { mode: this.readers.options.mode };
  }

  @Post()
  @HttpCode(204)
  @ApiBody({ schema: BODY_SCHEMA })
  async signIn(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() given: Query,
  ): Promise<void> {
    const { options } = this.readers;
    if (!isOwnPage(request)) throw foreignPage();
    if (options.mode !== "kubernetes" && options.mode !== "token") throw nothingToSignIn(options.mode);
    const { token } = readQuery(body, given);
    await checkToken(token, options);
    keepToken(request, response, token);
  }

  @Delete()
  @HttpCode(204)
  signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): void {
    if (!isOwnPage(request)) throw foreignPage();
    dropToken(request, response);
  }
}

function nothingToSignIn(mode: string): AppError {
  return new AppError("this server takes no tokens", {
    code: "no_sign_in",
    advice:
      mode === "proxy"
        ? "Come through the authenticating proxy in front of it."
        : "It asks nobody who they are: go on.",
    httpStatus: 409,
  });
}

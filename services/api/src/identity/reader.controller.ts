import { Controller, Get } from "@nestjs/common";
import { ApiTags } from "@nestjs/swagger";
import type { Reader } from "@heaphound/query";
import { currentRequest } from "../http/request-context.js";
import { Answers } from "../http/view-docs.js";
import { ReadersOptions } from "./readers-options.js";

/** Who is reading, as the server sees them. */
@ApiTags("readers")
@Controller("reader")
export class ReaderController {
  constructor(private readonly readers: ReadersOptions) {}

  @Get()
  @Answers("Reader")
  reader(): Reader {
    const { reader, namespaces } = currentRequest() ?? {};
    return {
      mode: this.readers.options.mode,
      name: reader?.name ?? null,
      namespaces: namespaces ? [...namespaces] : null,
      canSignOut: reader?.isCookie ?? false,
    };
  }
}

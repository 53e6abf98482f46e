import type { INestApplication } from "@nestjs/common";
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from "@nestjs/swagger";
import { SHAPES } from "./shapes.generated.js";

/** The OpenAPI description: routes from the controllers, schemas from the shapes of @heaphound/query. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle("Heaphound")
    .setDescription("Heap profiles of a fleet: views, exports and live updates.")
    .setVersion("1")
    .addBearerAuth()
    .build();
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory: (_controller, method) => method });
  document.components = { ...document.components, schemas: SHAPES };
  return withErrors(document);
}

/** Every answer may be an error, and all errors look the same. */
function withErrors(document: OpenAPIObject): OpenAPIObject {
  const content = { "application/json": { schema: { $ref: "#/components/schemas/ApiError" } } };
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post]) {
      if (operation) operation.responses.default = { description: "what went wrong, and what to do", content };
    }
  }
  return document;
}

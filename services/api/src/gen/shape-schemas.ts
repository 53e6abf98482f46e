import ts from "typescript";

/** A JSON schema as OpenAPI 3 knows it. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: (string | number)[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema;
  nullable?: boolean;
  description?: string;
  allOf?: Schema[];
}

/**
 * Schemas of the exported types of a file that holds plain data shapes: interfaces, unions of literals, arrays, records.
 * One description of the shapes serves TypeScript and OpenAPI; what this does not understand stops the generation.
 */
export function schemasOf(source: ts.SourceFile): Record<string, Schema> {
  const schemas: Record<string, Schema> = {};
  const interfaces = new Map<string, ts.InterfaceDeclaration>();
  for (const statement of source.statements) {
    if (ts.isInterfaceDeclaration(statement)) interfaces.set(statement.name.text, statement);
    if (ts.isTypeAliasDeclaration(statement)) {
      schemas[statement.name.text] = described(fromType(statement.type), statement);
    }
  }
  for (const [name, declaration] of interfaces)
    schemas[name] = described(fromInterface(declaration, interfaces), declaration);
  return schemas;
}

function fromInterface(node: ts.InterfaceDeclaration, all: ReadonlyMap<string, ts.InterfaceDeclaration>): Schema {
  const inherited = (node.heritageClauses ?? []).flatMap((clause) =>
    clause.types.flatMap((type) => membersOf(all.get(type.expression.getText()), all)),
  );
  return fromMembers([...inherited, ...node.members]);
}

function membersOf(
  node: ts.InterfaceDeclaration | undefined,
  all: ReadonlyMap<string, ts.InterfaceDeclaration>,
): ts.TypeElement[] {
  if (!node) throw new Error("unknown base interface");
  const bases = (node.heritageClauses ?? []).flatMap((clause) =>
    clause.types.map((type) => all.get(type.expression.getText())),
  );
  return [...bases.flatMap((base) => membersOf(base, all)), ...node.members];
}

function fromMembers(members: readonly ts.TypeElement[]): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const member of members) {
    if (!ts.isPropertySignature(member) || !member.type) throw new Error(`not a property: ${member.getText()}`);
    const name = member.name.getText();
    properties[name] = described(fromType(member.type), member);
    if (!member.questionToken) required.push(name);
  }
  return { type: "object", required, properties };
}

function fromType(node: ts.TypeNode): Schema {
  if (ts.isUnionTypeNode(node)) return fromUnion(node.types);
  if (ts.isArrayTypeNode(node)) return { type: "array", items: fromType(node.elementType) };
  if (ts.isParenthesizedTypeNode(node)) return fromType(node.type);
  if (ts.isTypeLiteralNode(node)) return fromMembers([...node.members]);
  if (ts.isTypeReferenceNode(node)) return fromReference(node);
  if (ts.isLiteralTypeNode(node)) return fromUnion([node]);
  return fromKeyword(node);
}

const KEYWORDS: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.StringKeyword]: "string",
  [ts.SyntaxKind.NumberKeyword]: "number",
  [ts.SyntaxKind.BooleanKeyword]: "boolean",
};

function fromKeyword(node: ts.TypeNode): Schema {
  const type = KEYWORDS[node.kind];
  if (type === undefined) throw new Error(`no schema for ${node.getText()}`);
  return { type };
}

function fromReference(node: ts.TypeReferenceNode): Schema {
  const name = node.typeName.getText();
  const [, value] = node.typeArguments ?? [];
  if (name === "Record" && value) return { type: "object", additionalProperties: fromType(value) };
  return { $ref: `#/components/schemas/${name}` };
}

function fromUnion(types: readonly ts.TypeNode[]): Schema {
  const isNull = (type: ts.TypeNode): boolean =>
    ts.isLiteralTypeNode(type) && type.literal.kind === ts.SyntaxKind.NullKeyword;
  const others = types.filter((type) => !isNull(type));
  const nullable = others.length < types.length ? { nullable: true } : {};
  const [only] = others;
  if (others.length === 1 && only && !ts.isLiteralTypeNode(only)) return withNullable(fromType(only), nullable);
  const values = others.map(literalOf);
  return { type: typeof values[0], enum: values, ...nullable };
}

/** OpenAPI 3.0 ignores what stands beside a $ref. */
function withNullable(schema: Schema, nullable: { nullable?: boolean }): Schema {
  if (!nullable.nullable) return schema;
  return schema.$ref === undefined ? { ...schema, nullable: true } : { allOf: [schema], nullable: true };
}

function literalOf(node: ts.TypeNode): string | number {
  if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal)) return node.literal.text;
  if (ts.isLiteralTypeNode(node) && ts.isNumericLiteral(node.literal)) return Number(node.literal.text);
  throw new Error(`no literal: ${node.getText()}`);
}

function described(schema: Schema, node: ts.Node): Schema {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const description = comments.map((comment) => ts.getTextOfJSDocComment(comment.comment) ?? "").join(" ");
  const text = description.replace(/\s+/g, " ").trim();
  return text === "" || schema.$ref !== undefined ? schema : { ...schema, description: text };
}

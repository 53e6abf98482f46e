import { FIELD_NAMES, FIELDS, operatorsOf, type FieldScope } from "../catalog.js";

const TITLES: readonly (readonly [FieldScope, string])[] = [
  ["allocation", "Fields of an allocation"],
  ["stack", "Fields of its stack"],
  ["process", "Fields of a process"],
];

/** docs/question-language.md: the tables come from the catalog, so that they cannot be out of date. */
export function languagePage(): string {
  return `<!-- Generated from the field catalog by \`npm run gen -w packages/query\`. -->

# The question language

A question says which processes or allocations count. The same text stands in the address of a page, in the API (\`q=\`), in the CLI
and in exports; the empty question asks for everything.

\`\`\`
size >= 1MiB and function ~ "json" and not temporary
(leaked or lifetime > 1m30s) and allocated between 5s and 40%
stack in (3, 14) and thread = 2
alive at 12s and library ~ "libcrypto"
\`\`\`

## Grammar

\`\`\`
question    = [ or ]
or          = and { "or" and }
and         = not { "and" not }
not         = "not" not | "(" or ")" | predicate
predicate   = field                                  leaked
            | field operator value                   size >= 1MiB
            | field "between" value "and" value      both ends included
            | field "in" "(" value { "," value } ")" stack in (3, 14)
            | "alive" "at" value                     alive at 12s
\`\`\`

- Sizes: \`512B\`, \`64KiB\`, \`1.5MiB\`, \`2GiB\` (also kB, MB, GB of 1000). A plain number is bytes.
- Durations: \`250ns\`, \`10us\`, \`10ms\`, \`1.5s\`, \`1m30s\`, \`2h\`, \`1d\`. A plain number is nanoseconds.
- Instants: a duration since the start of the process, or a percentage of its run: \`5s\`, \`40%\`.
- Addresses: \`0x7f0012345678\`.
- Texts: in double quotes; \`\\"\` is a quote, \`\\\\\` a backslash, any other backslash stands for itself. Single words need no quotes.
- \`~\` and \`!~\` match an [RE2](https://github.com/google/re2/wiki/Syntax) expression anywhere in the text (\`(?i)\` in front: any case). At most 1000 characters.
- A question has at most 4096 characters.

## Meaning

- **Frames.** \`function\`, \`source\` and \`library\` look at all frames of the allocating stack, inlined functions included. Positive conditions (\`~\`, \`=\`)
  on different ones of them in one conjunction must hold *on the same frame*: \`function ~ "parse" and source ~ "json"\`. When one of them comes again, it begins another
  frame: \`function ~ "parse" and function ~ "main"\` asks for a stack that has both. Negative ones (\`!~\`, \`!=\`) hold when *no* frame matches, as \`not\` of the positive one does.
  A frame without symbols has the function \`module+0xoffset\` and no source.
- **alive at t**: allocated at t or before, and freed after t or never.
- **leaked**: never freed, as far as is known now. **temporary**: freed within 10 ms.
- **lifetime** of what was never freed is endless: \`lifetime > 1h\` holds, \`lifetime < 1h\` does not.
- **freed**, \`free_thread\`, \`free_stack\` never hold for what was never freed, whatever the comparison.
- In the list of processes only fields of a process can be asked for.

${TITLES.map(([scope, title]) => `## ${title}\n\n${table(scope)}`).join("\n\n")}
`;
}

function table(scope: FieldScope): string {
  const rows = FIELD_NAMES.filter((name) => FIELDS[name].scope === scope).map((name) => {
    const { type, description, example } = FIELDS[name];
    const operators = operatorsOf(type).map((operator) => `\`${operator}\``);
    return `| \`${name}\` | ${type} | ${operators.join(" ")} | ${description} | \`${example}\` |`;
  });
  return ["| field | type | operators | meaning | example |", "|---|---|---|---|---|", ...rows].join("\n");
}

import {
  FIELD_NAMES,
  findField,
  operatorsOf,
  parse,
  print,
  type FieldInfo,
  type QuestionCheck,
} from "@heaphound/query";

/** The field catalog for editors and help pages. */
export function listFields(): FieldInfo[] {
  return FIELD_NAMES.flatMap((name) => {
    const field = findField(name);
    if (!field) return [];
    const { type, scope, description, example, choices = [] } = field;
    return { name, type, scope, operators: [...operatorsOf(type)], description, example, choices: [...choices] };
  });
}

/** Whether a question is understood; if so its canonical text, else where it is wrong and what to do. */
export function checkQuestion(text: string): QuestionCheck {
  const result = parse(text);
  return result.ok ? { ok: true, canonical: print(result.filter) } : { ok: false, error: result.error };
}

/** A field of the question language. */
export interface FieldInfo {
  name: string;
  type: string;
  /** process, allocation or stack: questions about processes know only the first. */
  scope: string;
  operators: string[];
  description: string;
  example: string;
  /** What a choice may be; else empty. */
  choices: string[];
}

export interface FieldList {
  fields: FieldInfo[];
}

/** Whether a question is understood. */
export interface QuestionCheck {
  ok: boolean;
  /** When it is: its canonical text. */
  canonical?: string;
  error?: {
    message: string;
    /** Offset of the first wrong character. */
    position: number;
    length: number;
    /** What could stand there. */
    expected: string[];
    advice: string;
  };
}

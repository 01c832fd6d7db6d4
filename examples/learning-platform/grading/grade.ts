import type OpenAI from 'openai';

export interface Grade {
  /** Out of 100. */
  readonly score: number;
  readonly remarks: readonly string[];
}

/** How the model is to write a grade. */
export const GRADE_FORMAT: OpenAI.ResponseFormatJSONSchema = {
  type: 'json_schema',
  json_schema: {
    name: 'grade',
    strict: true,
    schema: {
      type: 'object',
      properties: { score: { type: 'integer' }, remarks: { type: 'array', items: { type: 'string' } } },
      required: ['score', 'remarks'],
      additionalProperties: false,
    },
  },
};

/** @throws Error for what is no grade: no model can be relied on */
export function gradeIn(answer: string | null | undefined): Grade {
  const { score, remarks } = JSON.parse(answer ?? 'null') as { score?: unknown; remarks?: unknown };
  if (!Number.isInteger(score) || !Array.isArray(remarks)) throw new Error('The model answered with something that is no grade');
  return { score: score as number, remarks: remarks.map(String) };
}

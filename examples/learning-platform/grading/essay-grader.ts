import type OpenAI from 'openai';
import { monitorAiService, traceFunction } from 'sightline';
import { Problem } from '../problem.js';
import { gradeIn, GRADE_FORMAT, type Grade } from './grade.js';

export const MODEL = 'gpt-4o';
export const CHEAP_MODEL = 'gpt-4o-mini';

const GRADE = `You grade essays of the CET-4 examination. Score from 0 to 100: content and its order 40, range and exactness of
words 40, how sentences are linked 20. An essay has 120 words or more. Remark on what would raise the score most.`;
const ADVISE = 'You are a patient teacher of English. Advise the writer of this CET-4 essay, in short plain sentences, on what to do next.';

/** Grades essays, and advises who wrote them, by an AI model. */
export class EssayGrader {
  readonly #openai: OpenAI;
  #fallBackUntil = -Infinity;

  constructor(openai: OpenAI) {
    this.#openai = openai;
  }

  /** For some time essays are graded by the cheaper model: not as well, but they are. */
  fallBack(ms: number): void {
    this.#fallBackUntil = performance.now() + ms;
  }

  /** The grade, once the model has all of it. */
  @traceFunction('essay.grade', { 'essay.kind': 'cet4' })
  async grade(essay: string): Promise<Grade> {
    const { choices } = await this.complete(essay);
    if (choices[0]?.finish_reason === 'content_filter') throw new Problem(422, 'This essay cannot be graded: the content filter stopped at it.');
    return gradeIn(choices[0]?.message.content);
  }

  /** The client is measured by itself, and the decorator around it counts nothing twice. It is for calls without such a client. */
  @monitorAiService('openai', MODEL)
  complete(essay: string): Promise<OpenAI.ChatCompletion> {
    return this.#openai.chat.completions.create({
      model: performance.now() < this.#fallBackUntil ? CHEAP_MODEL : MODEL,
      messages: [
        { role: 'system', content: GRADE },
        { role: 'user', content: essay },
      ],
      response_format: GRADE_FORMAT,
    });
  }

  /**
   * Advice, word by word as the model writes it.
   * @param leaving when nobody reads it any more: the model stops, and costs nothing further
   */
  async advise(essay: string, leaving: AbortSignal): Promise<AsyncIterable<string>> {
    const stream = await this.#openai.chat.completions.create(
      {
        model: CHEAP_MODEL,
        messages: [
          { role: 'system', content: ADVISE },
          { role: 'user', content: essay },
        ],
        stream: true,
        // Else a stream doesn't say what it used.
        stream_options: { include_usage: true },
      },
      { signal: leaving },
    );
    return textOf(stream);
  }
}

async function* textOf(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): AsyncGenerator<string> {
  for await (const { choices } of stream) {
    const text = choices[0]?.delta.content;
    if (text) yield text;
  }
}

import OpenAI from 'openai';
import { Problem } from '../problem.js';

/** What to answer where the model was of no help: never the provider's own words, which are not for learners. */
export function problemOf(error: unknown): unknown {
  if (error instanceof OpenAI.RateLimitError) return new Problem(503, 'Too many essays at once. Hand it in again in a moment.');
  if (error instanceof OpenAI.APIConnectionTimeoutError) return new Problem(504, 'Grading takes too long at the moment. Try again later.');
  if (error instanceof OpenAI.APIError) return new Problem(502, 'Essays cannot be graded at the moment.');
  return error;
}

import { isObject } from '../core/shadow.js';
import { checkedUsage } from './usage/extract-usage.js';
import { responseFacts } from './usage/read-response.js';
import type { ResponseFacts } from './usage/response-shape.js';
import type { TokenUsage } from './usage/token-usage.js';

/** What could be read of an answer. */
export interface Reading {
  /** `undefined` where its shape is not known. */
  readonly facts: ResponseFacts | undefined;
  /** Whether reading it threw. */
  readonly failed: boolean;
}

/** Reads an answer: the app's own `extractUsage` goes before the shapes that are known. Never throws. */
export function readAnswer(answer: unknown, extractUsage: ((answer: unknown) => TokenUsage | undefined) | undefined): Reading {
  const known: Reading = isObject(answer) ? responseFacts(answer) : { facts: undefined, failed: false };
  if (extractUsage === undefined) return known;
  try {
    const usage = checkedUsage(extractUsage(answer));
    return usage === undefined ? known : { facts: { ...known.facts, usage }, failed: false };
  } catch {
    return { facts: known.facts, failed: true };
  }
}

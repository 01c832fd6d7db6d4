import { describe, expect, test } from 'vitest';
import { checkedUsage, extractUsage } from '../../../src/ai/usage/extract-usage.js';
import { responseFacts } from '../../../src/ai/usage/read-response.js';

const hostile = [
  ['a getter that throws', Object.defineProperty({}, 'usage', { get: () => { throw new Error('no'); } })],
  ['a proxy that throws', new Proxy({}, { get: () => { throw new Error('no'); }, has: () => { throw new Error('no'); } })],
  ['a proxy that was revoked', revoked()],
] as const;

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('the usage of a response', () => {
  test('is read whoever made it', () => {
    expect(extractUsage({ usage: { prompt_tokens: 3, completion_tokens: 4 } })).toEqual({ inputTokens: 3, outputTokens: 4 });
    expect(extractUsage({ usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4 } })).toEqual({ inputTokens: 3, outputTokens: 4 });
  });

  test.each([undefined, null, 'text', 3, Symbol('s'), () => {}, [], new Map(), Promise.resolve()])('of %o is not known', value => {
    expect(extractUsage(value)).toBeUndefined();
  });

  test.each(hostile)('of %s is not known, and it is told that reading failed', (_, value) => {
    expect(extractUsage(value)).toBeUndefined();
    expect(responseFacts(value)).toEqual({ facts: undefined, failed: true });
  });

  test('names are short texts; anything else may be content', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 4 };
    expect(responseFacts({ usage, model: 'x'.repeat(201), id: 7, service_tier: { a: 1 } }).facts).toEqual({ usage: { inputTokens: 3, outputTokens: 4 } });
    expect(responseFacts({ usage, model: 'x'.repeat(200) }).facts?.model).toHaveLength(200);
  });
});

describe('a usage that the app read itself', () => {
  test('is held to the same rules', () => {
    const given = { inputTokens: 10, outputTokens: 2.6, cachedInputTokens: 12, cacheWriteTokens: 5, longCacheWriteTokens: 9, reasoningTokens: -1, more: 3 };
    expect(checkedUsage(given)).toEqual({ inputTokens: 10, outputTokens: 3, cachedInputTokens: 10, cacheWriteTokens: 0, longCacheWriteTokens: 0 });
  });

  test.each([undefined, null, 7, 'text', {}, { inputTokens: NaN }, { cachedInputTokens: 3 }])('%o is none', given => {
    expect(checkedUsage(given)).toBeUndefined();
  });

  test.each(hostile)('%s is none', (_, given) => {
    expect(checkedUsage(given === hostile[0][1] ? Object.defineProperty({}, 'inputTokens', { get: () => { throw new Error('no'); } }) : given)).toBeUndefined();
  });
});

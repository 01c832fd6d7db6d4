import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkedUsage, extractUsage } from '../../../src/ai/usage/extract-usage.js';
import { readerFor, responseFacts, RESPONSE_SHAPES } from '../../../src/ai/usage/read-response.js';
import type { Fields } from '../../../src/ai/usage/response-shape.js';
import type { TokenUsage } from '../../../src/ai/usage/token-usage.js';
import { RESPONSES, STREAMS } from './templates.js';

/** Fixed, so that a failure is the change's and not the day's. Leave it out to look further. */
const SEED = 2_611;
/** Thousands of values take a while on a busy machine. */
const MOST_MS = 60_000;

const oddNumber = fc.oneof(
  fc.constantFrom<unknown>(NaN, Infinity, -Infinity, -1, -0, 0.5, 1e12, 2 ** 53, 1e308, 5n, -5n, 10n ** 40n, null, undefined, true, '', '12', Symbol('odd')),
  fc.double(),
  fc.bigInt(),
);
const count = fc.oneof({ arbitrary: fc.nat({ max: 500 }), weight: 4 }, { arbitrary: oddNumber, weight: 1 });
const oddValue = fc.oneof(oddNumber, fc.string({ maxLength: 5 }), fc.constant('x'.repeat(201)), fc.object({ maxDepth: 1, maxKeys: 3 }));

/** An object that resists being read. fast-check can't hold one itself: this is the plan for it. */
class Hostile {
  constructor(
    readonly value: object,
    readonly kind: number,
  ) {}
}

/** The value that a plan stands for. */
function built(plan: unknown): unknown {
  if (plan instanceof Hostile) return hostile(built(plan.value) as object, plan.kind);
  if (Array.isArray(plan)) return plan.map(built);
  if (typeof plan !== 'object' || plan === null) return plan;
  return Object.fromEntries(Object.entries(plan).map(([key, value]) => [key, built(value)]));
}

function hostile(value: object, kind: number): object {
  const refuse = (): never => {
    throw new Error('Refused.');
  };
  switch (kind) {
    case 0:
      return new Proxy({}, { get: refuse });
    case 1:
      return new Proxy({}, { has: refuse });
    case 2:
      return new Proxy({}, { get: () => value, has: () => true });
    case 3:
      return Object.defineProperty({}, 'usage', { get: refuse });
    case 4: {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    }
    case 5:
      return Object.assign(Object.create(null) as object, { usage: value });
    case 6: {
      const cycle: Record<string, unknown> = { prompt_tokens: 1, promptTokenCount: 1 };
      for (const field of FIELDS) cycle[field] = cycle;
      return cycle;
    }
    default:
      // A list without end
      return new Proxy([], { get: (_, key) => (key === 'length' ? 2 ** 32 - 1 : value) });
  }
}

/** A template with its numbers replaced, and now and then a part of it missing, odd or hostile. */
function variantOf(template: unknown): fc.Arbitrary<unknown> {
  if (typeof template === 'number') return count;
  if (typeof template !== 'object' || template === null) return fc.constant(template);
  const parts = Object.entries(template).map(([key, value]) => [key, partOf(value)] as const);
  const whole = Array.isArray(template) ? fc.tuple(...parts.map(([, part]) => part)) : fc.record(Object.fromEntries(parts), { noNullPrototype: true });
  return fc.oneof({ arbitrary: whole, weight: 60 }, { arbitrary: fc.tuple(whole, fc.nat({ max: 7 })).map(([value, kind]) => new Hostile(value, kind)), weight: 1 });
}

function partOf(template: unknown): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: variantOf(template), weight: 40 }, { arbitrary: fc.constant(undefined), weight: 3 }, { arbitrary: oddValue, weight: 1 });
}

const FIELDS = [...new Set([RESPONSES, STREAMS].flatMap(templates => Object.values(templates).flatMap(fieldsIn)))];

function fieldsIn(template: unknown): string[] {
  if (typeof template !== 'object' || template === null) return [];
  const names = Array.isArray(template) ? [] : Object.keys(template);
  return [...names, ...Object.values(template).flatMap(fieldsIn)];
}

const responseOf = fc.oneof(...Object.values(RESPONSES).map(templates => fc.oneof(...templates.map(variantOf))));
/** Known fields in places where no provider has them. */
const mixture = fc.letrec<{ object: object; value: unknown }>(tie => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, count, tie('object')),
  object: fc.dictionary(fc.constantFrom(...FIELDS), tie('value'), { maxKeys: 8, noNullPrototype: true }),
})).object;

/** Usage that a counter can take as it is: whole numbers of at least 0, and no part larger than its total. */
function expectSound(usage: TokenUsage | undefined): void {
  if (usage === undefined) return;
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, longCacheWriteTokens, reasoningTokens } = usage;
  for (const count of Object.values(usage) as (number | undefined)[]) {
    if (count !== undefined) expect(Number.isSafeInteger(count) && count >= 0 && !Object.is(count, -0), String(count)).toBe(true);
  }
  expect(inputTokens !== undefined || outputTokens !== undefined).toBe(true);
  expect((cachedInputTokens ?? 0) + (cacheWriteTokens ?? 0)).toBeLessThanOrEqual(inputTokens ?? 0);
  expect(longCacheWriteTokens ?? 0).toBeLessThanOrEqual(cacheWriteTokens ?? 0);
  expect(reasoningTokens ?? 0).toBeLessThanOrEqual(outputTokens ?? 0);
}

function expectNames(facts: object | undefined): void {
  for (const [key, value] of Object.entries(facts ?? {})) {
    if (key === 'usage' || key === 'error' || key === 'isPartial' || value === undefined) continue;
    expect(typeof value === 'string' && value !== '' && value.length <= 200, key).toBe(true);
  }
}

test('whatever a call returns, its tokens are sound or unknown, and reading never throws', { timeout: MOST_MS }, () => {
  const known = new Set<string>();
  fc.assert(
    fc.property(fc.oneof({ arbitrary: responseOf, weight: 3 }, { arbitrary: mixture, weight: 1 }), plan => {
      const value = built(plan);
      const { facts, failed } = responseFacts(value);
      expectSound(facts?.usage);
      expectNames(facts);
      expect(failed && facts !== undefined).toBe(false);
      if (facts?.usage !== undefined) known.add(RESPONSE_SHAPES.find(({ read }) => attempt(() => read(value as Fields))?.usage)?.name ?? '');
    }),
    { seed: SEED, numRuns: 6_000 },
  );
  // Else less was tested than it seems. (InvokeModel's are bytes, in which one of the others is found.)
  const names = RESPONSE_SHAPES.map(({ name }) => name).filter(name => name !== 'bedrock-invoke');
  expect([...known]).toEqual(expect.arrayContaining(names));
});

test('a value that is nothing of the kind has no tokens', () => {
  const anything = fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true, withSet: true, withTypedArray: true, withDate: true, withSparseArray: true });
  fc.assert(
    fc.property(anything, value => {
      expect(extractUsage(value)).toBeUndefined();
    }),
    { seed: SEED, numRuns: 1_000 },
  );
});

test('whatever events a stream has, its tokens are sound or unknown, and what was added can be read', { timeout: MOST_MS }, () => {
  const streams = Object.entries(STREAMS).map(([name, events]) => {
    const later = fc.array(fc.oneof(...events.map(partOf), { arbitrary: mixture, weight: 1 }), { maxLength: 5 });
    return fc.tuple(fc.constant(name), variantOf(events[0]), later);
  });
  const known = new Set<string>();
  fc.assert(
    fc.property(fc.oneof(...streams), ([name, first, later]) => {
      const events = [first, ...later].map(built) as Fields[];
      const reader = attempt(() => readerFor(events[0] ?? {}));
      if (reader === undefined) return;
      for (const event of events.filter(event => typeof event === 'object' && event !== null)) {
        // Who feeds a reader takes what it throws for an event that could not be read.
        const isOutput = attempt(() => reader.add(event));
        expect(isOutput === undefined || typeof isOutput === 'boolean').toBe(true);
        const facts = reader.facts();
        expectSound(facts.usage);
        expectNames(facts);
        if (facts.usage !== undefined) known.add(name);
      }
    }),
    { seed: SEED, numRuns: 3_500 },
  );
  expect([...known].sort()).toEqual(Object.keys(STREAMS).sort());
});

test('whatever the app says it read, its tokens are sound or unknown', () => {
  const given = variantOf({ inputTokens: 1, outputTokens: 1, cachedInputTokens: 1, cacheWriteTokens: 1, longCacheWriteTokens: 1, reasoningTokens: 1 });
  let known = 0;
  fc.assert(
    fc.property(given, plan => {
      const usage = checkedUsage(built(plan));
      expectSound(usage);
      if (usage !== undefined) known++;
    }),
    { seed: SEED, numRuns: 1_000 },
  );
  expect(known).toBeGreaterThan(500);
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

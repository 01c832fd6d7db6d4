import { list, record, required, text } from '../routing/yaml-reader.js';
import { createMatcher, type Matcher } from '../routing/matcher.js';
import type { Silence } from '../stores/alert-store.js';
import { ApiError } from './api-error.js';
import { boolean, time } from './input.js';
import { known } from './known-fields.js';
import { checkedMatchers, matchersOf, silenceState } from './silence-input.js';

/** A matcher as Alertmanager's API has it. */
interface PostedMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** A silence as it is posted: without an `id`, a new one. */
export interface PostedSilence {
  readonly id: string | undefined;
  readonly matchers: readonly string[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly createdBy: string;
  readonly comment: string;
}

/** @throws ApiError and InvalidOptionError for what Alertmanager refuses */
export function readPostedSilence(body: unknown, now: Date): PostedSilence {
  const fields = known(body, 'body', ['id', 'matchers', 'startsAt', 'endsAt', 'createdBy', 'comment']);
  const { id, matchers, startsAt, endsAt, createdBy = '', comment = '' } = record<{
    id: string;
    matchers: Matcher[];
    startsAt: Date;
    endsAt: Date;
    createdBy: string;
    comment: string;
  }>({ id: text, matchers: list(readMatcher), startsAt: time, endsAt: time, createdBy: text, comment: text })(fields, 'body');
  const end = required(endsAt, 'body.endsAt', 'when it ends');
  const start = startsAt ?? now;
  if (start >= end) throw new ApiError(400, "Failed to create silence: start time must be before end time");
  if (end <= now) throw new ApiError(400, "Failed to create silence: end time can't be in the past");
  return {
    id: id === '' ? undefined : id,
    matchers: checkedMatchers(matchers ?? [], 'body.matchers'),
    startsAt: start,
    endsAt: end,
    createdBy: createdBy.slice(0, 200),
    comment,
  };
}

/** A silence as Alertmanager's API gives it. */
export function gettableSilence(silence: Silence, now: Date): object {
  const { id, startsAt, endsAt, createdBy, comment, updatedAt } = silence;
  return {
    id,
    status: { state: silenceState({ startsAt, endsAt }, now) },
    updatedAt,
    comment,
    createdBy,
    endsAt,
    matchers: (matchersOf(silence) ?? []).map(({ name, value, operator }) => ({ isEqual: !operator.startsWith('!'), isRegex: operator.endsWith('~'), name, value })),
    startsAt,
  };
}

const STATES = ['active', 'pending', 'expired'];

/** Alertmanager's order: those that hold, by their end; those that will, by their beginning; those that are over, the latest first. */
export function inOrder(silences: readonly Silence[], now: Date): Silence[] {
  const placeOf = (silence: Silence): number => STATES.indexOf(silenceState(silence, now));
  return [...silences].sort((one, other) => {
    const place = placeOf(one);
    if (place !== placeOf(other)) return place - placeOf(other);
    if (place === 1) return one.startsAt.getTime() - other.startsAt.getTime();
    return (one.endsAt.getTime() - other.endsAt.getTime()) * (place === 0 ? 1 : -1);
  });
}

/**
 * Whether a silence may become what was posted and stay the same one: not with other matchers, not from another time on
 * once it holds, and not when it is over. Otherwise it ends, and a new one begins.
 */
export function canBecome(before: Silence, { matchers, startsAt }: PostedSilence, now: Date): boolean {
  if (JSON.stringify(before.matchers) !== JSON.stringify(matchers)) return false;
  switch (silenceState(before, now)) {
    case 'active':
      return Math.floor(before.startsAt.getTime() / 1_000) === Math.floor(startsAt.getTime() / 1_000);
    case 'pending':
      return startsAt >= now;
    case 'expired':
      return false;
  }
}

function readMatcher(value: unknown, path: string): Matcher {
  const fields = known(value, path, ['name', 'value', 'isRegex', 'isEqual']);
  const { name, value: wanted = '', isRegex = false, isEqual = true } = record<PostedMatcher>({ name: text, value: text, isRegex: boolean, isEqual: boolean })(fields, path);
  return createMatcher(required(name, `${path}.name`, 'the name of a label'), isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=', wanted, path);
}

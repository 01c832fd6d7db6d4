import type { Silence } from './alert-store.js';

/** A silence as it is kept: its times in milliseconds. */
export interface StoredSilence extends Omit<Silence, 'startsAt' | 'endsAt' | 'updatedAt'> {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly updatedAt: number;
}

export function toStoredSilence({ id, matchers, startsAt, endsAt, createdBy, comment, updatedAt }: Silence): StoredSilence {
  return { id, matchers: [...matchers], startsAt: startsAt.getTime(), endsAt: endsAt.getTime(), createdBy, comment, updatedAt: updatedAt.getTime() };
}

export function toSilence({ matchers, startsAt, endsAt, updatedAt, ...rest }: StoredSilence): Silence {
  return { ...rest, matchers: [...matchers], startsAt: new Date(startsAt), endsAt: new Date(endsAt), updatedAt: new Date(updatedAt) };
}

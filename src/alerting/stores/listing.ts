import { InvalidOptionError } from '../../core/errors.js';
import type { StoreFilter } from './alert-store.js';
import { statusOf, type StoredAlert } from './stored-alert.js';

/** Where an alert stands in a list: the latest begun first, of those begun at once the greatest id. */
export interface Place {
  readonly startsAt: number;
  readonly id: string;
}

export function isBefore(one: Place, other: Place): boolean {
  return one.startsAt === other.startsAt ? one.id > other.id : one.startsAt > other.startsAt;
}

export function isAfter(one: Place, other: Place): boolean {
  return isBefore(other, one);
}

/** What all filters say, but for `accepts`. */
export function isWanted(alert: StoredAlert, { status, severity, source }: StoreFilter): boolean {
  if (severity !== undefined && alert.severity !== severity) return false;
  if (source !== undefined && alert.source !== source) return false;
  if (status === undefined) return true;
  return status === 'active' ? alert.resolvedAt === undefined : statusOf(alert) === status;
}

/** Names the place after which the next page begins. */
export function cursorOf({ startsAt, id }: Place): string {
  return `${startsAt}-${id}`;
}

/** @throws InvalidOptionError for what {@link cursorOf} has not made */
export function readCursor(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  const [, startsAt, id] = /^(-?\d{1,16})-(.+)$/s.exec(cursor) ?? [];
  if (startsAt === undefined || id === undefined) throw new InvalidOptionError('after', cursor, 'the `next` of the page before');
  return { startsAt: Number(startsAt), id };
}

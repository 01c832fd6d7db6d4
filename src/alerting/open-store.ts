import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { InvalidOptionError } from '../core/errors.js';
import type { RedisConnection } from '../core/redis.js';
import type { Channel } from './channels/channel.js';
import type { ChannelShare } from './delivery/channel-share.js';
import type { AlertsOptions } from './options.js';
import type { AlertStore } from './stores/alert-store.js';
import { MemoryAlertStore } from './stores/memory-alert-store.js';
import { RedisAlertStore } from './stores/redis-alert-store.js';
import { RedisKeys } from './stores/redis-keys.js';
import { RedisRunner } from './stores/redis-runner.js';
import { RedisTurns } from './stores/redis-turns.js';
import { SnapshotFile } from './stores/snapshot-file.js';

/** Where alerts are kept, and what comes of who else has access to them. */
export interface OpenedStore {
  readonly store: AlertStore;
  /** What all keys in Redis begin with; `undefined`: there are none. */
  readonly prefix: string | undefined;
  /** A channel's share, where other processes deliver by it, too. */
  readonly shareOf: ((name: string, channel: Channel) => ChannelShare | undefined) | undefined;
}

/** Ready values for {@link openStore}. */
export interface OpenStoreSettings {
  readonly options: Pick<AlertsOptions, 'snapshot' | 'keyPrefix'>;
  readonly service: string;
  readonly redis: RedisConnection | undefined;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/**
 * Opens the store of alerts: in Redis where there is one, else in memory, with or without a file.
 * @throws InvalidOptionError for an option that the other kind of store has
 */
export function openStore({ options: { snapshot, keyPrefix }, service, redis, clock, diagnostics }: OpenStoreSettings): OpenedStore {
  if (redis === undefined) {
    if (keyPrefix !== undefined) throw new InvalidOptionError('alerts.keyPrefix', keyPrefix, 'none: without the option `redis` there are no keys');
    const file = snapshot === undefined ? undefined : new SnapshotFile({ path: snapshot, diagnostics, clock });
    return { store: new MemoryAlertStore(file && { snapshot: file }), prefix: undefined, shareOf: undefined };
  }
  if (snapshot !== undefined) throw new InvalidOptionError('alerts.snapshot', snapshot, 'none: with the option `redis` alerts are kept in Redis');
  // Services that share a Redis have different routes, so that one could not deliver what another one fires.
  const prefix = keyPrefix ?? `sightline:alerts:${service.replace(/[{}]/g, '_')}`;
  const runner = new RedisRunner(redis, diagnostics);
  const keys = new RedisKeys(prefix);
  return {
    store: new RedisAlertStore(redis, { diagnostics, prefix, runner }),
    prefix,
    shareOf: (name, { quotas }) => (quotas.length === 0 ? undefined : new RedisTurns(runner, keys, name, quotas)),
  };
}

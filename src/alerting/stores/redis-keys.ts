import { InvalidOptionError } from '../../core/errors.js';

/**
 * The names of all keys. One hash tag stands in all of them, so that a cluster keeps them on one node: alerts and the
 * groups they are in change together, and a script there can only reach what lies in one slot.
 */
export class RedisKeys {
  readonly #base: string;
  /** All alerts, and those that are not resolved, by when they began. */
  readonly all: string;
  readonly active: string;
  /** By when they end, by when they were resolved, by their last event, and by when they are to be routed. */
  readonly ends: string;
  readonly resolved: string;
  readonly lives: string;
  readonly unrouted: string;
  readonly silences: string;
  readonly windows: string;
  /** Of the groups: see redis-group-scripts.ts. */
  readonly due: string;
  readonly leases: string;
  readonly wanted: string;
  readonly flushed: string;

  /** @throws InvalidOptionError for a prefix that would be a hash tag of another kind */
  constructor(prefix: string) {
    if (prefix === '' || /[{}]/.test(prefix)) {
      throw new InvalidOptionError('prefix', prefix, 'a text that is not empty, without { and }: it is put between them');
    }
    this.#base = `{${prefix}}:`;
    this.all = this.#name('all');
    this.active = this.#name('active');
    this.ends = this.#name('ends');
    this.resolved = this.#name('resolved');
    this.lives = this.#name('lives');
    this.unrouted = this.#name('unrouted');
    this.silences = this.#name('silences');
    this.windows = this.#name('windows');
    this.due = this.#name('due');
    this.leases = this.#name('leases');
    this.wanted = this.#name('wanted');
    this.flushed = this.#name('flushed');
  }

  alert(id: string): string {
    return this.#name(`alert:${id}`);
  }

  group(key: string): string {
    return this.#name(`group:${key}`);
  }

  groupsOf(alertId: string): string {
    return this.#name(`groups-of:${alertId}`);
  }

  log(groupKey: string, receiver: string, channel: string): string {
    return this.#name(`log:${JSON.stringify([groupKey, receiver, channel])}`);
  }

  /** The attempts of a channel: see redis-turns.ts. */
  turns(channel: string): string {
    return this.#name(`turns:${channel}`);
  }

  claim(name: string): string {
    return this.#name(`claim:${name}`);
  }

  #name(rest: string): string {
    return this.#base + rest;
  }
}

import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { checkOptions, type OptionRule } from '../core/options.js';
import type { RedisConnection } from '../core/redis.js';
import type { Metrics } from '../metrics/metrics.js';
import { Business } from './business.js';
import { Collectors } from './collectors/collectors.js';
import type { BusinessOptions } from './options.js';

/** Ready values for {@link createBusiness}. */
export interface BusinessSettings {
  readonly options: BusinessOptions;
  readonly service: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** `undefined`: this process collects for itself alone. */
  readonly redis: Pick<RedisConnection, 'client' | 'opened'> | undefined;
  /** From 0 to 1. Default: `Math.random`. */
  readonly random?: () => number;
}

const RULES: Readonly<Record<keyof BusinessOptions, OptionRule>> = {
  keyPrefix: {
    allowed: 'a text that is not empty, without { and }: it is put between them',
    accepts: value => typeof value === 'string' && value !== '' && !/[{}]/.test(value),
  },
};

/**
 * Makes the business part of a monitor.
 * @throws InvalidOptionError naming the option, what was given and what is allowed
 */
export function createBusiness({ options, service, metrics, clock, diagnostics, redis, random = Math.random }: BusinessSettings): Business {
  checkOptions('business', options, RULES);
  const prefix = options.keyPrefix ?? `sightline:business:${service.replace(/[{}]/g, '_')}`;
  const collectors = new Collectors({ metrics, clock, diagnostics, redis, prefix, random });
  return new Business({ metrics, diagnostics, collectors });
}

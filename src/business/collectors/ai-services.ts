import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { RedisScript } from '../../core/redis-script.js';
import type { Metrics } from '../../metrics/metrics.js';
import type { SharedRedis } from './shared-redis.js';

/** Longer than any monitor is down whose calls may still stand uncounted in a database. */
const KEEP_MS = 30 * 86_400_000;
/** It is told again, so that it is kept, and known to a Redis that has forgotten it. */
const TELL_AGAIN_MS = 600_000;

const ADD = new RedisScript(`
if #ARGV > 1 then
  redis.call('SADD', KEYS[1], unpack(ARGV, 2))
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return redis.call('SMEMBERS', KEYS[1])
`);

/** Services whose cost the AI instruments count. Where processes share their collections, those of all of them. */
export class AiServices {
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #diagnostics: Diagnostics;
  readonly #shared: { readonly redis: SharedRedis; readonly key: string } | undefined;
  #told = 0;
  #toldAt = -Infinity;
  #asking: Promise<ReadonlySet<string>> | undefined;

  constructor(metrics: Metrics, clock: Clock, diagnostics: Diagnostics, shared: { readonly redis: SharedRedis; readonly key: string } | undefined) {
    this.#metrics = metrics;
    this.#clock = clock;
    this.#diagnostics = diagnostics;
    this.#shared = shared;
  }

  /** Tells the other processes of what is new. Never rejects. */
  async tell(): Promise<void> {
    const own = this.#metrics.costedAiServices;
    if (this.#shared === undefined || own.size === 0) return;
    if (own.size === this.#told && this.#clock.monotonic() - this.#toldAt < TELL_AGAIN_MS) return;
    await this.all().catch((error: unknown) => {
      this.#diagnostics.fault('business', 'other processes could not be told which AI services are counted here', error);
    });
  }

  /** @throws where the other processes' are not known */
  async all(): Promise<ReadonlySet<string>> {
    return (this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    }));
  }

  async #ask(): Promise<ReadonlySet<string>> {
    const own = [...this.#metrics.costedAiServices];
    if (this.#shared === undefined) return new Set(own);
    const { redis, key } = this.#shared;
    const all = await redis.run(ADD, key, KEEP_MS, ...own);
    if (!Array.isArray(all)) throw new TypeError('Redis answered without the AI services');
    this.#told = own.length;
    this.#toldAt = this.#clock.monotonic();
    return new Set([...own, ...all.map(String)]);
  }
}

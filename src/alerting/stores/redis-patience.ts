import type { Clock } from '../../core/clock.js';
import type { RedisClient } from '../../core/redis.js';

/** Redis answers in milliseconds. Less than the library's own connection waits, so that all clients are treated alike. */
const ANSWER_MS = 4_500;
/** While it is silent it is asked again this long after it was last: who only looks how others do must not wait each time. */
const PROBE_AFTER_MS = 1_000;
/** What a client of ioredis is while it has lost its connection: it would keep commands, without a bound, and send them in the end. */
const LOST: ReadonlySet<unknown> = new Set(['reconnecting', 'disconnecting', 'close', 'end']);

/**
 * Waits for Redis as long as it may take, and no longer. The client may be the app's, which has no limits of its own: by
 * default it keeps what it can't send, and waits for answers without end. While Redis is silent one command at a time
 * goes there now and then, to see whether it is back; the others fail at once, so that nothing piles up.
 */
export class RedisPatience {
  readonly #client: RedisClient;
  readonly #clock: Clock;
  #isSilent = false;
  #isProbing = false;
  #probeAt = -Infinity;

  constructor(client: RedisClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** @throws what the command rejects with, or that Redis does not answer: whether it is carried out is then not known */
  wait<T>(command: () => Promise<T>): Promise<T> {
    const { status } = this.#client as { status?: unknown };
    if (LOST.has(status)) return Promise.reject(new Error(`there is no connection to Redis: it is "${String(status)}"`));
    if (this.#isSilent && (this.#isProbing || this.#clock.monotonic() < this.#probeAt)) return Promise.reject(new Error('Redis does not answer'));
    const isProbe = this.#isSilent;
    if (isProbe) this.#isProbing = true;
    return new Promise((resolve, reject) => {
      let isWaiting = true;
      const end = (): void => {
        if (isWaiting && isProbe) this.#isProbing = false;
        isWaiting = false;
        cancel();
      };
      const cancel = this.#clock.schedule(() => {
        this.#isSilent = true;
        this.#probeAt = this.#clock.monotonic() + PROBE_AFTER_MS;
        end();
        reject(new Error(`Redis did not answer in ${ANSWER_MS / 1_000} s`));
      }, ANSWER_MS);
      command().then(
        value => {
          this.#isSilent = false;
          end();
          resolve(value);
        },
        (error: unknown) => {
          // A refusal is an answer, too; a client that has given up is none.
          if (error instanceof Error && error.name === 'ReplyError') this.#isSilent = false;
          end();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }
}

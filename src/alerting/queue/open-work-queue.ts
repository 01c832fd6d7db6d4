import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import type { RedisConnection } from '../../core/redis.js';
import { BullWorkQueue } from './bull-work-queue.js';
import { MemoryWorkQueue } from './memory-work-queue.js';
import type { WorkQueue } from './work-queue.js';

/** Ready values for {@link openWorkQueue}. */
export interface WorkQueueSettings {
  /** `undefined`: the work is this process's alone. */
  readonly redis: RedisConnection | undefined;
  /** What all keys in Redis begin with. */
  readonly prefix: string | undefined;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly random: () => number;
}

/** Opens the queue of work: on Redis where there is one, else in memory. */
export function openWorkQueue({ redis, prefix, ...parts }: WorkQueueSettings): WorkQueue {
  if (redis === undefined) return new MemoryWorkQueue(parts);
  return new BullWorkQueue({ ...parts, redis, ...(prefix !== undefined && { prefix }) });
}

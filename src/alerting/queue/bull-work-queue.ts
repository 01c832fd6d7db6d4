import { systemClock, type Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { InvalidOptionError, NOT_SHOWN } from '../../core/errors.js';
import type { RedisConnection } from '../../core/redis.js';
import { rejectAfter } from '../../core/reject-after.js';
import { BullKindWorker } from './bull-kind-worker.js';
import { loadBull, type BullPackage, type BullQueue } from './bull-package.js';
import { jobIdOf } from './job-data.js';
import { RedisLanes } from './redis-lanes.js';
import { retryAfterMs } from './retry.js';
import { CONCURRENCY, WorkQueueClosedError, type Work, type WorkHandler, type WorkQueue } from './work-queue.js';

/** Ready values for {@link BullWorkQueue}. */
export interface BullWorkQueueParts {
  /** Not its own: to be closed after it. */
  readonly redis: Pick<RedisConnection, 'client' | 'opened'>;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** From 0 to 1. Default: `Math.random`. */
  readonly random?: () => number;
  /** What all keys begin with, as the hash tag `{prefix}`; apps that share a Redis need different ones. Default: `sightline:alerts`. */
  readonly prefix?: string;
  /** Work of a process that died is done by another one after this and up to as much again. Default: 30 seconds. */
  readonly lockMs?: number;
  /** How often it is looked for work that other processes have scheduled. Default: 1 second. */
  readonly lookMs?: number;
}

/** Redis answers in milliseconds. */
const ANSWER_MS = 5_000;
/** BullMQ writes down all that it does. */
const EVENTS_KEPT = 100;

/** Work that all processes share, as jobs of BullMQ: a queue for each kind, so that who does not do a kind takes none of it. */
export class BullWorkQueue implements WorkQueue {
  /** Loaded when it is needed: many who set `redis` have no work for it. */
  #bull: BullPackage | undefined;
  readonly #parts: Required<Omit<BullWorkQueueParts, 'prefix'>>;
  /** In a cluster all keys lie on one node: a script takes a job from one list to another. */
  readonly #prefix: string;
  readonly #queues = new Map<string, BullQueue>();
  readonly #workers = new Map<string, BullKindWorker>();
  #isClosed = false;
  #closing: Promise<void> | undefined;

  constructor({ redis, clock, diagnostics, random = Math.random, prefix = 'sightline:alerts', lockMs = 30_000, lookMs = 1_000 }: BullWorkQueueParts) {
    this.#parts = { redis, clock, diagnostics, random, lockMs, lookMs };
    this.#prefix = `{${prefix}}:queue`;
  }

  async schedule({ kind, key }: Work, at: Date): Promise<void> {
    const dueAt = at.getTime();
    if (Number.isNaN(dueAt)) throw new RangeError('Work was scheduled for a time that is none');
    if (this.#isClosed) throw new WorkQueueClosedError();
    const { redis, clock } = this.#parts;
    const add = async (): Promise<void> => {
      await redis.opened;
      const now = clock.now();
      await this.#queueOf(kind).add(kind, { key, at: dueAt }, {
        jobId: jobIdOf(key, dueAt),
        timestamp: now,
        delay: Math.max(0, dueAt - now),
        attempts: Number.MAX_SAFE_INTEGER,
        backoff: { type: 'custom' },
        // An id that is kept would be refused for ever, without a word.
        removeOnComplete: true,
        removeOnFail: true,
      });
    };
    // A client of the app's may wait for ever. It is the network's time that is measured, whatever clock work goes by.
    await rejectAfter(add(), ANSWER_MS, 'the queue in Redis', systemClock);
    this.#workers.get(kind)?.wake(dueAt);
  }

  /**
   * @throws SightlineError `SIGHTLINE_MISSING_PEER` where `bullmq` is not installed. To do with timers of this process
   *   instead would be worse than not to begin: each process would do what is to be done once.
   * @throws InvalidOptionError for a client that BullMQ can't use
   */
  process(kind: string, handler: WorkHandler, { concurrency = CONCURRENCY }: { readonly concurrency?: number } = {}): void {
    if (this.#workers.has(kind)) throw new Error(`The queue has a handler for ${kind} already`);
    if (this.#isClosed) return;
    const { redis, random, lockMs, ...others } = this.#parts;
    const { Worker, createRedisBackend } = this.#load();
    const worker = new Worker(
      kind,
      null,
      {
        ...this.#shared(),
        autorun: false,
        lockDuration: lockMs,
        stalledInterval: Math.floor(lockMs / 3),
        // It died with each process that did it: that is no reason to give it up.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        settings: { backoffStrategy: failures => Math.round(retryAfterMs(failures, random())) },
      },
      // As it is made by default, without the connection that waits for work.
      (name, options) => createRedisBackend(name, options, {}),
    );
    worker.on('error', ignored);
    const lanes = new RedisLanes(redis.client, this.#prefix, lockMs);
    const doing = new BullKindWorker({ ...others, kind, handler, concurrency, worker, lanes, lockMs, opened: redis.opened });
    this.#workers.set(kind, doing);
    doing.start();
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    // What is under way may schedule what follows from it.
    await Promise.all([...this.#workers.values()].map(worker => worker.close()));
    this.#isClosed = true;
    await Promise.allSettled([...this.#queues.values()].map(queue => queue.close()));
  }

  #queueOf(kind: string): BullQueue {
    const known = this.#queues.get(kind);
    if (known !== undefined) return known;
    const { Queue } = this.#load();
    const queue = new Queue(kind, { ...this.#shared(), streams: { events: { maxLen: EVENTS_KEPT } } });
    queue.on('error', ignored);
    this.#queues.set(kind, queue);
    return queue;
  }

  #load(): BullPackage {
    if (this.#bull === undefined) checkClient(this.#parts.redis.client);
    return (this.#bull ??= loadBull());
  }

  #shared() {
    return { connection: this.#parts.redis.client, prefix: this.#prefix, skipWaitingForReady: true, skipVersionCheck: true } as const;
  }
}

/** Whoever made the connection tells of its errors, and what fails by them rejects; untold, they would end the process. */
function ignored(): void {}

function checkClient(client: object): void {
  const { defineCommand, options } = client as { defineCommand?: unknown; options?: { keyPrefix?: unknown; redisOptions?: { keyPrefix?: unknown } } };
  if (typeof defineCommand !== 'function') throw new InvalidOptionError('redis', NOT_SHOWN, 'for alerts it must be a URL, options of ioredis, or a client of ioredis');
  const keyPrefix = options?.keyPrefix ?? options?.redisOptions?.keyPrefix ?? '';
  if (keyPrefix !== '') {
    throw new InvalidOptionError('redis', NOT_SHOWN, 'BullMQ, which alerts use, works with no `keyPrefix` of ioredis; leave it out, the keys of Sightline have a prefix of their own');
  }
}

import { loadOptionalPeer } from '../../core/optional-peer.js';
import type { RedisClient } from '../../core/redis.js';

/** A job of BullMQ, as far as it is used here. */
export interface BullJob {
  readonly id?: string | undefined;
  readonly data: unknown;
  moveToCompleted(result: undefined, token: string, fetchesNext: false): Promise<unknown>;
  /** Has it tried again after its backoff. */
  moveToFailed(error: Error, token: string, fetchesNext: false): Promise<unknown>;
  /** Puts it off, which is no failure. */
  moveToDelayed(at: number, token: string): Promise<unknown>;
}

export interface BullQueue {
  add(name: string, data: object, options: BullJobOptions): Promise<unknown>;
  on(event: 'error', listener: () => void): unknown;
  close(): Promise<void>;
}

interface BullJobOptions {
  readonly jobId: string;
  readonly timestamp: number;
  readonly delay: number;
  readonly attempts: number;
  readonly backoff: { readonly type: 'custom' };
  readonly removeOnComplete: true;
  readonly removeOnFail: true;
}

/** A worker whose jobs are fetched by hand. */
export interface BullWorker {
  getNextJob(token: string, options: { block: false }): Promise<BullJob | undefined>;
  /** @returns ids of those whose lock is lost */
  extendJobLocks(ids: readonly string[], tokens: readonly string[], forMs: number): Promise<readonly string[]>;
  getBackend(): { moveStalledJobsToWait(): Promise<readonly string[]> };
  on(event: 'error', listener: () => void): unknown;
  close(): Promise<void>;
}

/** What a queue and a worker have in common. */
interface SharedOptions {
  readonly connection: RedisClient;
  readonly prefix: string;
  // It would wait without end for a connection that there is not, and write its own warnings to the console.
  readonly skipWaitingForReady: true;
  readonly skipVersionCheck: true;
}

interface QueueOptions extends SharedOptions {
  readonly streams: { readonly events: { readonly maxLen: number } };
}

interface WorkerOptions extends SharedOptions {
  readonly autorun: false;
  readonly lockDuration: number;
  readonly stalledInterval: number;
  readonly maxStalledCount: number;
  readonly settings: { readonly backoffStrategy: (failures: number) => number };
}

type MakeBackend = (name: string, options: unknown, more: object) => unknown;

/** What is used of the package `bullmq`. Its own types would have to be installed by those who don't use it. */
export interface BullPackage {
  readonly Queue: new (name: string, options: QueueOptions) => BullQueue;
  readonly Worker: new (name: string, processor: null, options: WorkerOptions, makeBackend: MakeBackend) => BullWorker;
  readonly createRedisBackend: MakeBackend;
}

/** @throws SightlineError `SIGHTLINE_MISSING_PEER` where `bullmq` is not installed */
export function loadBull(): BullPackage {
  return loadOptionalPeer<BullPackage>('bullmq', 'alerts that several processes share by the option `redis`');
}

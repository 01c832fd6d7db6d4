import { createHash } from 'node:crypto';

/** What a job holds. */
export interface JobData {
  readonly key: string;
  readonly at: number;
}

/** An id without `:`, which BullMQ does not allow. */
export function jobIdOf(key: string, at: number): string {
  return `${at}-${hashOf(key)}`;
}

export function laneOf(kind: string, key: string): string {
  return `${kind}-${hashOf(key)}`;
}

/** @returns `undefined` for what somebody else has put there */
export function readJobData(data: unknown): JobData | undefined {
  const { key, at } = (data ?? {}) as Partial<Record<keyof JobData, unknown>>;
  return typeof key === 'string' && typeof at === 'number' ? { key, at } : undefined;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

import { SEVERITIES, type AlertSeverity } from '../severity.js';
import type { OpenCount } from './alert-store.js';
import { OpenCounts } from './open-counts.js';
import { BATCH } from './redis-alert-reader.js';
import { RANGE, STATES } from './redis-alert-scripts.js';
import type { RedisKeys } from './redis-keys.js';
import { textsIn } from './redis-replies.js';
import type { RedisRunner } from './redis-runner.js';

/** Counts the open alerts in Redis, a part of them at a time: Redis does nothing else meanwhile. */
export async function countOpen(redis: RedisRunner, keys: RedisKeys): Promise<readonly OpenCount[]> {
  const counts = new OpenCounts();
  for (let start = 0; ; start += BATCH) {
    const ids = textsIn(await redis.run(RANGE, [keys.active], start, start + BATCH - 1));
    const reply = ids.length === 0 ? [] : await redis.run(STATES, ids.map(id => keys.alert(id)));
    for (const fields of Array.isArray(reply) ? (reply as unknown[]) : []) {
      const [severity, source, resolvedAt, acknowledgedAt, suppressedFor] = Array.isArray(fields) ? (fields as (string | null)[]) : [];
      // What something else has written there is no alert.
      if (!SEVERITIES.includes(severity as AlertSeverity)) continue;
      counts.add({
        severity: severity as AlertSeverity,
        source: source ?? '',
        resolvedAt: resolvedAt ? Number(resolvedAt) : undefined,
        acknowledgedAt: acknowledgedAt ? Number(acknowledgedAt) : undefined,
        suppressedFor: suppressedFor ?? undefined,
      });
    }
    if (ids.length < BATCH) return counts.all();
  }
}

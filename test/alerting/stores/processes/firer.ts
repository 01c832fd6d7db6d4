// A process of its own for alerts.redis.test.ts: tells the alerts that other processes tell at the same time, puts what
// is new to it into groups, claims groups that are due, and prints what it did.
import { RedisAlertStore } from '../../../../src/alerting/stores/redis-alert-store.js';
import { systemClock } from '../../../../src/core/clock.js';
import { Diagnostics } from '../../../../src/core/diagnostics.js';
import { connectRedis } from '../../../../src/core/redis.js';
import { at, told } from '../told.js';

export interface Plan {
  readonly url: string;
  readonly alerts: number;
  readonly times: number;
}

export interface Done {
  readonly fresh: readonly string[];
  readonly claimed: readonly string[];
}

const { url, alerts, times } = JSON.parse(process.argv[2] ?? '') as Plan;
const diagnostics = new Diagnostics(console, systemClock);
const connection = connectRedis(url, { diagnostics, neededFor: '`redis`' });
const store = new RedisAlertStore(connection, { diagnostics });
const done = { fresh: [] as string[], claimed: [] as string[] };
for (let time = 0; time < times; time++) {
  await Promise.all(
    Array.from({ length: alerts }, async (_, i) => {
      const id = `a${i}`;
      const { change } = await store.fire(told(id), at(time));
      if (change !== 'new') return;
      done.fresh.push(id);
      await store.joinGroup(`group of ${id}`, id, at(0));
    }),
  );
  const groups = await store.takeDueGroups(at(1), at(60_000), 5);
  done.claimed.push(...groups.map(({ key }) => key));
}
await connection.close();
process.stdout.write(JSON.stringify(done));

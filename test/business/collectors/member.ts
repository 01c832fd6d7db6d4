// A process of its own for the tests of collections that processes share: an app with one gauge and one counter. It prints
// each collection that it begins, and answers over HTTP with its scrape.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
// Named, because a bundler may leave out what an index file only loads: the part would then come from `dist`.
import '../../../src/business/register.js';
import { systemClock } from '../../../src/core/clock.js';
import { createMonitor } from '../../../src/index.js';

/** What a member is started with. */
export interface MemberPlan {
  readonly redis: string;
  readonly everyMs: number;
  /** How far its clock is ahead. */
  readonly skewMs?: number;
  /** How long its collections take. */
  readonly takesMs?: number;
  readonly maxAgeMs?: number;
}

const { redis, everyMs, skewMs = 0, takesMs = 0, maxAgeMs = 3 * everyMs } = JSON.parse(process.argv[2] ?? '') as MemberPlan;
const monitor = createMonitor({
  service: 'shop',
  redis,
  clock: { ...systemClock, now: () => systemClock.now() + skewMs },
  metrics: { process: false },
  logger: { warn: line => void process.stdout.write(`log ${line}\n`) },
});
const taken = (): Promise<void> => new Promise(resolve => void setTimeout(resolve, takesMs).unref());
monitor.business.collect([
  {
    name: 'orders_open',
    help: 'Orders that are open.',
    labels: ['by'],
    every: everyMs,
    maxAge: maxAgeMs,
    collect: async ({ now }) => {
      process.stdout.write(`collects ${now}\n`);
      await taken();
      return [{ labels: { by: process.pid }, value: now }];
    },
  },
  {
    name: 'orders_total',
    help: 'Orders.',
    type: 'counter',
    every: everyMs,
    settle: 0,
    collect: async ({ since, until }) => {
      process.stdout.write(`counts ${since} ${until}\n`);
      await taken();
      return until - since;
    },
  },
]);
const server = createServer((_, response) => {
  void (monitor.registry as Registry).metrics().then(text => response.end(text));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);
process.on('SIGTERM', () => {
  void monitor.close().then(() => {
    server.close();
    server.closeAllConnections();
  });
});

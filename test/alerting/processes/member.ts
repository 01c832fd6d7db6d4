// A process of its own for the tests of alerts on Redis: an app, told over HTTP what to do. It prints its port, and
// posts each notification to the test.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Cluster, Redis } from 'ioredis';
import { createChannel, type AlertInput, type AlertsOptions, type Channel, type Quota } from '../../../src/alerting/index.js';
// Named, because a bundler may leave out what an index file only loads: the dispatcher would then come from `dist`.
import '../../../src/alerting/register.js';
import { systemClock } from '../../../src/core/clock.js';
import { createMonitor } from '../../../src/index.js';

/** What a member is started with. */
export interface MemberPlan {
  /** A URL, or options of ioredis. */
  readonly redis: string | object;
  /** The app's own client of ioredis, as it is by default, in place of the library's connection. */
  readonly isAppsClient?: boolean;
  /** Nodes of a Redis Cluster, in place of `redis`, for a client of the app's. */
  readonly cluster?: readonly { readonly host: string; readonly port: number }[];
  readonly service?: string;
  /** How far its clock is ahead. */
  readonly skewMs?: number;
  /** Where notifications go. */
  readonly target: string;
  /** Default: `team`. */
  readonly channels?: readonly string[];
  readonly quotas?: readonly Quota[];
  readonly alerts?: Partial<AlertsOptions>;
}

/** What is posted of a notification. */
export interface Posted {
  readonly by: number;
  readonly channel: string;
  readonly reason: string;
  readonly alerts: readonly string[];
  /** Titles of those that are over. */
  readonly over: readonly string[];
}

/** What a member says of itself. */
export interface MemberState {
  /** Things that wait to be written to the store. */
  readonly waiting: number;
  readonly heapBytes: number;
  /** The longest that its event loop stood still since it was last asked. */
  readonly longestStallMs: number;
  /** Of the faults that nobody caught. */
  readonly uncaught: readonly string[];
}

const plan = JSON.parse(process.argv[2] ?? '') as MemberPlan;
const { redis, target, quotas = [], isAppsClient = false, service = 'shop', skewMs = 0, channels = ['team'], alerts: options } = plan;
const uncaught: string[] = [];
for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.on(event, (error: unknown) => uncaught.push(`${event}: ${String(error)}`));
const loop = monitorEventLoopDelay({ resolution: 10 });
loop.enable();

function channelOf(name: string): Channel {
  return createChannel({
    quotas,
    send: async ({ reason, alerts }, { signal }) => {
      const over = alerts.filter(({ status }) => status === 'resolved').map(({ title }) => title).sort();
      const posted: Posted = { by: process.pid, channel: name, reason, alerts: alerts.map(({ title }) => title).sort(), over };
      const { ok } = await fetch(target, { method: 'POST', body: JSON.stringify(posted), signal });
      return ok ? { delivered: true } : { delivered: false, retryable: true, reason: 'refused' };
    },
  });
}
const client = plan.cluster ? new Cluster([...plan.cluster]) : isAppsClient ? new Redis(redis as string) : undefined;
client?.on('error', () => {});
const monitor = createMonitor({
  service,
  redis: client ?? redis,
  clock: { ...systemClock, now: () => systemClock.now() + skewMs },
  metrics: { process: false },
  alerts: { channels: Object.fromEntries(channels.map(name => [name, channelOf(name)])), selfCheck: false, ...options },
});
const { alerts } = monitor;
let runs = 0;
alerts.respond({ name: 'restart', match: ['remedy="restart"'], run: () => `run ${++runs} of ${process.pid}` });

const commands: Readonly<Record<string, (input: never) => unknown>> = {
  fire: async (inputs: readonly AlertInput[]) => Promise.all(inputs.map(input => alerts.fire(input))),
  resolve: async (inputs: readonly AlertInput[]) => Promise.all(inputs.map(input => alerts.resolve({ title: input.title, labels: input.labels ?? {} }))),
  acknowledge: async ({ title }: AlertInput) => {
    const found = (await alerts.list({ status: 'active' }, { limit: 500 })).items.find(each => each.title === title);
    return found && alerts.acknowledge(found.id, 'ann');
  },
  state: (): MemberState => {
    const longestStallMs = loop.max / 1e6;
    loop.reset();
    return { waiting: alerts.parts.outbox.size, heapBytes: process.memoryUsage().heapUsed, longestStallMs, uncaught };
  },
  list: async () => (await alerts.list({}, { limit: 500 })).items,
  addWindow: async ({ name, forMs }: { name: string; forMs: number }) =>
    alerts.maintenanceWindows.add({ name, start: new Date(), end: new Date(Date.now() + forMs), severities: ['critical'] }),
  removeWindow: async ({ name }: { name: string }) => alerts.maintenanceWindows.remove(name),
};
const server = createServer((request, response) => {
  void (async () => {
    const body = await json(request);
    const result = await commands[request.url?.slice(1) ?? '']?.(body as never);
    response.end(JSON.stringify(result ?? null));
  })().catch((error: unknown) => {
    response.writeHead(500).end(JSON.stringify({ error: String(error) }));
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);
process.on('SIGTERM', () => {
  void monitor.close().then(() => {
    client?.disconnect();
    server.close();
    server.closeAllConnections();
  });
});

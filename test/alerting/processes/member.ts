// A process of its own for shared-alerts.test.ts: an app with alerts on Redis, told over HTTP what to do. It prints its
// port, and posts each notification to the test.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createChannel, type AlertInput, type AlertsOptions, type Quota } from '../../../src/alerting/index.js';
// Named, because a bundler may leave out what an index file only loads: the dispatcher would then come from `dist`.
import '../../../src/alerting/register.js';
import { createMonitor } from '../../../src/index.js';

/** What a member is started with. */
export interface MemberPlan {
  readonly redis: string;
  /** Where notifications go. */
  readonly target: string;
  readonly quotas?: readonly Quota[];
  readonly alerts?: Partial<AlertsOptions>;
}

/** What is posted of a notification. */
export interface Posted {
  readonly by: number;
  readonly reason: string;
  readonly alerts: readonly string[];
}

const { redis, target, quotas = [], alerts: options } = JSON.parse(process.argv[2] ?? '') as MemberPlan;
const team = createChannel({
  quotas,
  send: async ({ reason, alerts }, { signal }) => {
    const posted: Posted = { by: process.pid, reason, alerts: alerts.map(({ title }) => title).sort() };
    const { ok } = await fetch(target, { method: 'POST', body: JSON.stringify(posted), signal });
    return ok ? { delivered: true } : { delivered: false, retryable: true, reason: 'refused' };
  },
});
const monitor = createMonitor({ service: 'shop', redis, metrics: { process: false }, alerts: { channels: { team }, selfCheck: false, ...options } });
const { alerts } = monitor;
let runs = 0;
alerts.respond({ name: 'restart', match: ['remedy="restart"'], run: () => `run ${++runs} of ${process.pid}` });

const commands: Readonly<Record<string, (input: never) => unknown>> = {
  fire: async (inputs: readonly AlertInput[]) => Promise.all(inputs.map(input => alerts.fire(input))),
  resolve: async (inputs: readonly AlertInput[]) => Promise.all(inputs.map(input => alerts.resolve({ title: input.title, labels: input.labels ?? {} }))),
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
  })();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);
process.on('SIGTERM', () => {
  void monitor.close().then(() => process.exit(0));
});

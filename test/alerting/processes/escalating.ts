// A process of its own for escalation.redis.test.ts: escalates the alerts that are in Redis, by channels that are lists
// there. One channel never answers where the test says so.
import { Redis } from 'ioredis';
import { EscalationNotices } from '../../../src/alerting/escalation/escalation-notices.js';
import { Escalator } from '../../../src/alerting/escalation/escalation.js';
import { BullWorkQueue } from '../../../src/alerting/queue/bull-work-queue.js';
import { RedisAlertStore } from '../../../src/alerting/stores/redis-alert-store.js';
import { systemClock } from '../../../src/core/clock.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { connectRedis } from '../../../src/core/redis.js';

export interface Plan {
  readonly url: string;
  readonly name: string;
  readonly levels: readonly { readonly afterMs: number; readonly channels: readonly string[] }[];
  /** Whether its channels never answer. */
  readonly hangs?: boolean;
  /** Whether it dies as soon as it has begun a step, before that is written down. */
  readonly diesInStep?: boolean;
}

const { url, name, levels, hangs = false, diesInStep = false } = JSON.parse(process.argv[2] ?? '') as Plan;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const diagnostics = new Diagnostics({ warn: say }, systemClock);
const connection = connectRedis(url, { diagnostics, neededFor: '`redis`' });
const store = new RedisAlertStore(connection, { diagnostics });
const queue = new BullWorkQueue({ redis: connection, clock: systemClock, diagnostics, lockMs: 900, lookMs: 20 });
const channels = new Redis(url);
const notices = new EscalationNotices({
  queue,
  store,
  clock: systemClock,
  deliver: async (channel, alert, receiver) => {
    say(`${name} tells ${channel} of ${alert.id}`);
    if (hangs) await new Promise(() => {});
    await channels.rpush('told', `${receiver}: ${alert.id} to ${channel} by ${name}`);
    return 'delivered';
  },
  onEscalated: () => {},
});
const escalator = new Escalator({
  policies: [{ name: 'on call', matchers: [], levels, repeat: 0, ackTimeoutMs: undefined }],
  queue,
  isShared: true,
  clock: systemClock,
  diagnostics,
  get: id => store.get(id),
  active: () => store.active(),
  escalate: async (alert, step) => {
    say(`${name} makes step ${step.step} of ${alert.id}`);
    if (diesInStep) process.kill(process.pid, 'SIGKILL');
    await notices.escalate(alert, step);
  },
  unacknowledge: async () => Promise.resolve(),
});
await connection.opened;
notices.start();
escalator.start();
say(`${name} is ready`);

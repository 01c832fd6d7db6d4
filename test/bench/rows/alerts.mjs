// @ts-check
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findOptionalServer } from '../../support/servers.mjs';
import { load } from '../support/peers.mjs';
import { median, minimum } from '../support/statistics.mjs';

const CALLS = 100_000;
const FAULTS = 1_000;
/** Alerts that are told at once: as Prometheus posts them, and as a process fires them in a burst. */
const BATCH = 1_000;
const P99_BUDGET_MS = 10;
const FIRES_BUDGET = 50_000;

/** @typedef {{ title: string, severity: string, source: string, labels: Record<string, string> }} Fault */

/** @type {import('../run.mjs').Row} */
export const alerts = {
  name: 'alerts',
  title: 'Alerts in memory: from fire to send, and a storm of 100,000',
  async run({ quick }) {
    const rounds = quick ? 3 : 9;
    const latencies = await fireToSend(quick ? 1_000 : 5_000);
    /** @type {number[]} */ const duplicates = [];
    /** @type {number[]} */ const toldOfDuplicates = [];
    /** @type {number[]} */ const ours = [];
    /** @type {number[]} */ const theirs = [];
    const bridge = await startBridge();
    const program = findOptionalServer('prometheus-alertmanager');
    for (let round = 0; round < rounds; round++) {
      const { seconds, notifications } = await stormOfOne();
      duplicates.push(seconds);
      toldOfDuplicates.push(notifications);
      ours.push(await stormOfOurs(bridge));
      if (program !== undefined) theirs.push(await stormOfTheirs(bridge, program));
    }
    bridge.close();
    const rate = CALLS / median(duplicates);
    const told = Math.max(...toldOfDuplicates);
    const storm = (/** @type {string} */ name, /** @type {number[]} */ seconds) => [name, minimum(seconds).toFixed(2), median(seconds).toFixed(2), (CALLS / median(seconds)).toFixed(0)];
    return {
      verdicts: [
        {
          path: '`alerts.fire` to `channel.send`, memory, p99',
          budget: `< ${P99_BUDGET_MS} ms`,
          measured: `${percentile(latencies, 99).toFixed(2)} ms`,
          isMet: percentile(latencies, 99) < P99_BUDGET_MS,
        },
        {
          path: 'storm of 100,000 duplicates of one alert',
          budget: `one notification; ≥ ${FIRES_BUDGET} fires/s`,
          measured: `${told}; ${rate.toFixed(0)} fires/s`,
          isMet: told === 1 && rate >= FIRES_BUDGET,
        },
      ],
      table: {
        head: ['storm of 100,000', 'seconds (minimum)', '(median)', 'alerts a second (median)'],
        rows: [
          storm('one alert, fired 100,000 times', duplicates),
          storm('1,000 alerts, until a webhook is told of each', ours),
          ...(theirs.length > 0 ? [storm('the same, posted to Alertmanager 1,000 at a time', theirs)] : []),
          ['`fire` to `send`: p50, p99, most (ms)', ...[50, 99, 100].map(percent => percentile(latencies, percent).toFixed(2))],
        ],
      },
    };
  },
};

/** Milliseconds from a fire to the attempt to deliver it, one alert after the other, each a group of its own. */
async function fireToSend(/** @type {number} */ times) {
  /** @type {(() => void) | undefined} */ let sent;
  const monitor = createMonitor({
    robot: {
      kind: 'bench',
      quotas: [],
      send: async () => {
        sent?.();
        return { delivered: true };
      },
    },
  });
  /** @type {number[]} */ const latencies = [];
  for (let i = -200; i < times; i++) {
    const start = performance.now();
    const isSent = new Promise(resolve => (sent = () => resolve(performance.now())));
    void monitor.alerts.fire({ title: `Fault ${i}`, severity: 'critical', source: 'bench', labels: { shard: String(i) } });
    const end = await isSent;
    if (i >= 0) latencies.push(end - start);
  }
  await monitor.close();
  return latencies;
}

async function stormOfOne() {
  let notifications = 0;
  const monitor = createMonitor({
    robot: {
      kind: 'bench',
      quotas: [],
      send: async () => {
        notifications++;
        return { delivered: true };
      },
    },
  });
  const fault = { title: 'Payment provider down', description: 'No answer.', severity: 'critical', source: 'billing', labels: { region: 'eu' } };
  const seconds = await inBursts(() => monitor.alerts.fire(fault));
  await pause(100);
  await monitor.close();
  return { seconds, notifications };
}

async function stormOfOurs(/** @type {Awaited<ReturnType<typeof startBridge>>} */ bridge) {
  const { webhook } = load('sightline/alerting');
  const monitor = createMonitor(
    { bridge: webhook({ url: bridge.url, format: 'alertmanager' }) },
    { route: { receiver: 'bridge', groupBy: ['...'], groupWait: 0, groupInterval: '5m' } },
  );
  const { toldOfAll } = await bridge.begin();
  const start = performance.now();
  await inBursts(i => monitor.alerts.fire(fault(i)));
  await toldOfAll;
  const seconds = (performance.now() - start) / 1_000;
  await monitor.close();
  return seconds;
}

async function stormOfTheirs(/** @type {Awaited<ReturnType<typeof startBridge>>} */ bridge, /** @type {string} */ program) {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
  const config = {
    route: { receiver: 'bridge', group_by: ['...'], group_wait: '0s', group_interval: '5m', repeat_interval: '4h' },
    receivers: [{ name: 'bridge', webhook_configs: [{ url: bridge.url }] }],
  };
  writeFileSync(join(folder, 'alertmanager.yml'), JSON.stringify(config));
  const url = `http://127.0.0.1:${await freePort()}`;
  const options = [`--config.file=${join(folder, 'alertmanager.yml')}`, `--storage.path=${join(folder, 'data')}`, `--web.listen-address=${url.slice(7)}`];
  const child = spawn(program, [...options, '--cluster.listen-address=', '--log.level=error'], { stdio: 'ignore' });
  const ended = new Promise(resolve => child.once('exit', resolve));
  try {
    while (!(await fetch(`${url}/-/ready`).then(({ ok }) => ok, () => false))) {
      if (child.exitCode !== null) throw new Error('Alertmanager did not start.');
      await pause(50);
    }
    const bodies = Array.from({ length: CALLS / BATCH }, (_, batch) => JSON.stringify(Array.from({ length: BATCH }, (_each, i) => posted(fault(batch * BATCH + i)))));
    const { toldOfAll } = await bridge.begin();
    const start = performance.now();
    for (const body of bodies) {
      const { ok, status } = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if (!ok) throw new Error(`Alertmanager answered ${status}.`);
    }
    await toldOfAll;
    return (performance.now() - start) / 1_000;
  } finally {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns {Fault} */
function fault(/** @type {number} */ i) {
  const number = i % FAULTS;
  return { title: `Fault ${number % 50}`, severity: 'high', source: 'bench', labels: { shard: String(number) } };
}

function posted(/** @type {Fault} */ { title, severity, source, labels }) {
  return { labels: { alertname: title, severity, source, ...labels } };
}

/** Seconds that all calls take, in bursts with a turn of the event loop between them. */
async function inBursts(/** @type {(i: number) => Promise<unknown>} */ fire) {
  const start = performance.now();
  for (let i = 0; i < CALLS; i += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, (_, j) => fire(i + j)));
    await new Promise(resolve => setImmediate(resolve));
  }
  return (performance.now() - start) / 1_000;
}

/** A process that takes Alertmanager's webhooks. */
async function startBridge() {
  const child = fork(fileURLToPath(new URL('../subjects/alert-bridge.mjs', import.meta.url)), [String(FAULTS)]);
  const answer = async () => (await once(child, 'message'))[0];
  const port = await answer();
  return {
    url: `http://127.0.0.1:${port}/`,
    /** From now on. @returns what resolves when each fault was told */
    async begin() {
      child.send('begin');
      await answer();
      return { toldOfAll: answer() };
    },
    close() {
      child.disconnect();
    },
  };
}

function createMonitor(/** @type {object} */ channels, /** @type {object} */ options = {}) {
  load('sightline/alerting');
  return load('sightline').createMonitor({ metrics: { process: false }, service: 'bench', alerts: { channels, ...options } });
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** @param {readonly number[]} values */
function percentile(values, /** @type {number} */ percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}

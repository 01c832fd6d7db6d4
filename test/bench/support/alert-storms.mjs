// @ts-check
// Storms of alerts: fired into our dispatcher in memory or on Redis, and posted to Alertmanager.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.mjs';
import { load } from './peers.mjs';

export const FAULTS = 1_000;
/** Alerts that are told at once: as Prometheus posts them, and as a process fires them in a burst. */
const BATCH = 1_000;

/** @typedef {{ title: string, severity: string, source: string, labels: Record<string, string> }} Fault */

/** Milliseconds from a fire to the attempt to deliver it, one alert after the other, each a group of its own. */
export async function fireToSend(/** @type {number} */ times, /** @type {object} */ where = {}) {
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
  }, {}, where);
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

/** One alert, so many times. */
export async function stormOfOne(/** @type {number} */ calls, /** @type {object} */ where = {}) {
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
  }, {}, where);
  const fault = { title: 'Payment provider down', description: 'No answer.', severity: 'critical', source: 'billing', labels: { region: 'eu' } };
  const seconds = await inBursts(calls, () => monitor.alerts.fire(fault));
  await pause(100);
  await monitor.close();
  return { seconds, notifications };
}

/** @typedef {Awaited<ReturnType<typeof startBridge>>} Bridge */

/** Each of the faults in its turn, until the bridge was told of all: seconds. */
export async function stormOfOurs(/** @type {Bridge} */ bridge, /** @type {number} */ calls, /** @type {object} */ where = {}) {
  const { webhook } = load('sightline/alerting');
  const monitor = createMonitor(
    { bridge: webhook({ url: bridge.url, format: 'alertmanager' }) },
    { route: { receiver: 'bridge', groupBy: ['...'], groupWait: 0, groupInterval: '5m' } },
    where,
  );
  const { toldOfAll } = await bridge.begin();
  const start = performance.now();
  await inBursts(calls, i => monitor.alerts.fire(fault(i)));
  await toldOfAll;
  const seconds = (performance.now() - start) / 1_000;
  await monitor.close();
  return seconds;
}

/** The same, posted to Alertmanager. */
export async function stormOfTheirs(/** @type {Bridge} */ bridge, /** @type {number} */ calls, /** @type {string} */ program) {
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
    const bodies = Array.from({ length: calls / BATCH }, (_, batch) => JSON.stringify(Array.from({ length: BATCH }, (_each, i) => posted(fault(batch * BATCH + i)))));
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
async function inBursts(/** @type {number} */ calls, /** @type {(i: number) => Promise<unknown>} */ fire) {
  const start = performance.now();
  for (let i = 0; i < calls; i += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, (_, j) => fire(i + j)));
    await new Promise(resolve => setImmediate(resolve));
  }
  return (performance.now() - start) / 1_000;
}

/** A process that takes Alertmanager's webhooks. */
export async function startBridge() {
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

/** @param {object} where options of the monitor: where its alerts are kept */
function createMonitor(/** @type {object} */ channels, /** @type {object} */ options, where) {
  load('sightline/alerting');
  return load('sightline').createMonitor({ metrics: { process: false }, service: 'bench', alerts: { channels, ...options }, ...where });
}

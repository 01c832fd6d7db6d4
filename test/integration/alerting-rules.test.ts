import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderRules } from '../../src/operations/alerting-rules.js';
import { findServer } from '../support/servers.mjs';

const program = findServer('promtool');

/** Values of a series, a minute apart, in promtool's notation: `0+1x10` is 0, 1 … 10; `_` is none. */
type Series = Readonly<Record<string, string>>;

const AT = '{job="shop",instance="a:80"}';
const of = (labels: string): string => `{job="shop",instance="a:80",${labels}}`;
const RUNS = { [`alert_dispatcher_last_run_timestamp_seconds${AT}`]: '0+60x60', [`alert_store_up${AT}`]: '1x60' };

/** What fires, and when it does not yet. */
const cases: Readonly<Record<string, { series: Series; quietAt: string; firesAt: string; labels: Readonly<Record<string, string>>; stays?: Series }>> = {
  AlertDispatcherAbsent: {
    series: { [`alert_dispatcher_last_run_timestamp_seconds${AT}`]: '0 60 stale' },
    quietAt: '6m',
    firesAt: '8m',
    labels: {},
  },
  AlertDispatcherStuck: {
    series: { [`alert_dispatcher_last_run_timestamp_seconds${AT}`]: '0 60 120x30', [`alert_store_up${AT}`]: '1x60' },
    quietAt: '5m',
    firesAt: '6m',
    labels: { job: 'shop', instance: 'a:80' },
    // Its store does not answer, which is another alert.
    stays: { [`alert_dispatcher_last_run_timestamp_seconds${AT}`]: '0 60 120x30', [`alert_store_up${AT}`]: '1 1 0x60' },
  },
  AlertStoreUnreachable: {
    series: { ...RUNS, [`alert_store_up${AT}`]: '1 1 0x30' },
    quietAt: '3m',
    firesAt: '4m',
    labels: { job: 'shop', instance: 'a:80' },
    stays: { ...RUNS, [`alert_store_up${AT}`]: '1 0 1 1 0 1x30' },
  },
  AlertNotificationsFailing: {
    series: {
      ...RUNS,
      [`alert_notifications_total${of('channel="sms",outcome="delivered"')}`]: '5x60',
      [`alert_notifications_total${of('channel="sms",outcome="retry"')}`]: '0 0 1+1x60',
      [`alert_notifications_total${of('channel="sms",outcome="fallback"')}`]: '0+9x60',
    },
    quietAt: '3m',
    firesAt: '12m',
    labels: { job: 'shop', channel: 'sms' },
    stays: {
      ...RUNS,
      [`alert_notifications_total${of('channel="sms",outcome="delivered"')}`]: '0+2x60',
      [`alert_notifications_total${of('channel="sms",outcome="failed"')}`]: '0+1x60',
    },
  },
  AlertBacklogGrowing: {
    series: { ...RUNS, [`alert_delivery_backlog${of('channel="sms"')}`]: '0+8x60' },
    quietAt: '20m',
    firesAt: '25m',
    labels: { job: 'shop', instance: 'a:80', channel: 'sms' },
    // Much, and less each minute; and one that is empty now and then.
    stays: { ...RUNS, [`alert_delivery_backlog${of('channel="sms"')}`]: '900-9x60', [`alert_delivery_backlog${of('channel="email"')}`]: '0 0 90 90 90 90 90 90 0 0 0 90 90 90 90 90 90 90 0 99 99 99 99 99 99 99 0x60' },
  },
  AlertHeartbeatMissing: {
    series: { ...RUNS, [`alert_heartbeats_total${of('outcome="sent"')}`]: '0+1x5 5x60', [`alert_heartbeats_total${of('outcome="withheld"')}`]: '_x5 1+1x60' },
    quietAt: '15m',
    firesAt: '21m',
    labels: { job: 'shop', instance: 'a:80' },
    stays: { ...RUNS, [`alert_heartbeats_total${of('outcome="sent"')}`]: '0+1x60', [`alert_heartbeats_total${of('outcome="failed"')}`]: '0+3x60' },
  },
  AlertEscalationUnanswered: {
    series: { ...RUNS, [`alert_escalations_total${of('policy="on call",level="1"')}`]: '0+1x60', [`alert_escalations_total${of('policy="on call",level="2"')}`]: '0x9 1x60' },
    quietAt: '9m',
    firesAt: '10m',
    labels: { job: 'shop', policy: 'on call' },
    stays: { ...RUNS, [`alert_escalations_total${of('policy="on call",level="1"')}`]: '0+1x60', [`alert_escalations_total${of('policy="on call",level="2"')}`]: '7x60' },
  },
};

describe.skipIf(program === undefined)('the rules, as promtool reads them', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sightline-rules-'));
    writeFileSync(join(folder, 'rules.yml'), renderRules());
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function promtool(...commands: string[]): string {
    const { stdout, stderr } = spawnSync(program!, commands, { cwd: folder, encoding: 'utf8' });
    return stdout + stderr;
  }

  test('are valid', () => {
    expect(promtool('check', 'rules', 'rules.yml')).toContain(`SUCCESS: ${Object.keys(cases).length} rules found`);
  });

  test.each(Object.entries(cases))('%s fires when it should, and not before or for less', (alertname, { series, quietAt, firesAt, labels, stays }) => {
    // What it says is not the question here, but promtool compares all of it.
    const { severity, ...texts } = renderedTexts(alertname);
    const firing = { ...labels, severity };
    const timeline = (values: Series, alerts: object[]): object => ({
      interval: '1m',
      input_series: Object.entries(values).map(([name, list]) => ({ series: name, values: list })),
      alert_rule_test: alerts,
    });
    const quiet = (at: string): object => ({ alertname, eval_time: at, exp_alerts: [] });
    const tests = [
      timeline(series, [quiet(quietAt), { alertname, eval_time: firesAt, exp_alerts: [{ exp_labels: firing, exp_annotations: texts }] }]),
      timeline(stays ?? RUNS, [quiet('10m'), quiet('25m'), quiet('45m')]),
    ];
    // JSON is YAML.
    writeFileSync(join(folder, 'test.yml'), JSON.stringify({ rule_files: ['plain.yml'], evaluation_interval: '1m', tests }));
    writeFileSync(join(folder, 'plain.yml'), renderRules().replaceAll(/^( {10}(?:summary|description): ).*$/gm, '$1told'));

    expect(promtool('test', 'rules', 'test.yml')).toContain('SUCCESS');
  });
});

function renderedTexts(alertname: string): { severity: string; summary: string; description: string } {
  const [, severity = ''] = new RegExp(`alert: ${alertname}\\n(?:.*\\n){3} +severity: (\\w+)`).exec(renderRules()) ?? [];
  return { severity, summary: 'told', description: 'told' };
}

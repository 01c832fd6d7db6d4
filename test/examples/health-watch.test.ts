import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Bulletin } from '../../examples/learning-platform/alerting/bulletin.js';
import { HealthWatch } from '../../examples/learning-platform/alerting/health-watch.js';
import { RULES } from '../../examples/learning-platform/alerting/rules.js';
import { Scrape } from '../../examples/learning-platform/live/exposition.js';
import '../../src/alerting/index.js';
import type { Alert, Alerts } from '../../src/alerting/index.js';
import { createMonitor } from '../../src/monitor.js';

let alerts: Alerts;
let watch: HealthWatch;

beforeEach(() => {
  const monitor = createMonitor({ alerts: {} });
  onTestFinished(() => monitor.close());
  alerts = monitor.alerts;
  watch = new HealthWatch(alerts, RULES);
});

/** What `/metrics` says after so many seconds. */
async function at(seconds: number, ...lines: string[]): Promise<void> {
  await watch.look(new Scrape(lines.join('\n'), seconds * 1_000));
}

async function told(): Promise<Pick<Alert, 'title' | 'status' | 'labels' | 'severity'>[]> {
  return (await alerts.list()).items.map(({ title, status, labels, severity }) => ({ title, status, labels, severity }));
}

const calls = (model: string, outcome: string, count: number): string => `ai_request_outcomes_total{service="openai",model="${model}",outcome="${outcome}"} ${count}`;
const requests = (endpoint: string, status: number, count: number): string => `http_requests_total{method="GET",endpoint="${endpoint}",status_code="${status}"} ${count}`;
const queries = (operation: string, count: number): string => `db_queries_total{operation="${operation}",table="answers"} ${count}`;

describe('an alert is fired', () => {
  test('when a model refuses a third of its calls, whichever release answers the others', async () => {
    await at(0, calls('gpt-4o', 'rate_limited', 5), calls('gpt-4o-2024-08-06', 'ok', 100));
    // The small model's calls are not the large one's.
    await at(10, calls('gpt-4o', 'rate_limited', 17), calls('gpt-4o-2024-08-06', 'ok', 124), calls('gpt-4o-mini-2024-07-18', 'ok', 900));
    expect(await told()).toEqual([{ title: 'AI model refuses calls', status: 'firing', severity: 'high', labels: { service: 'openai', model: 'gpt-4o' } }]);
  });

  test('when an endpoint answers 500, and not when it answers 503 on purpose', async () => {
    await at(0, requests('/a', 200, 0), requests('/a', 500, 0), requests('/b', 200, 0), requests('/b', 503, 0));
    await at(1, requests('/a', 200, 14), requests('/a', 500, 6), requests('/b', 200, 14), requests('/b', 503, 6));
    expect(await told()).toEqual([{ title: 'High error rate', status: 'firing', severity: 'high', labels: { endpoint: '/a' } }]);
  });

  test('when queries fail', async () => {
    await at(0, queries('insert', 100), queries('insert_error', 1));
    await at(1, queries('insert', 100), queries('insert_error', 6));
    expect(await told()).toEqual([{ title: 'Database queries fail', status: 'firing', severity: 'medium', labels: { operation: 'insert', table: 'answers' } }]);
  });

  test.each([
    ['a few refused calls', [calls('gpt-4o', 'rate_limited', 0)], [calls('gpt-4o', 'rate_limited', 9)]],
    ['refused calls among many', [calls('gpt-4o', 'rate_limited', 0)], [calls('gpt-4o', 'rate_limited', 20), calls('gpt-4o-2024-08-06', 'ok', 80)]],
    ['errors of an endpoint that is hardly used', [requests('/a', 500, 0)], [requests('/a', 500, 19)]],
    ['the odd query that fails', [queries('insert_error', 0)], [queries('insert_error', 4)]],
  ])('but not for %s', async (_, before, after) => {
    await at(0, ...before);
    await at(1, ...after);
    expect(await told()).toEqual([]);
  });

  test('but not for what is older than 30 seconds', async () => {
    await at(0, queries('insert_error', 0));
    await at(20, queries('insert_error', 4));
    await at(31, queries('insert_error', 8));
    expect(await told()).toEqual([]);
  });
});

describe('once it has fired', () => {
  async function statusAt(seconds: number, failed: number): Promise<string | undefined> {
    await at(seconds, queries('insert_error', failed));
    return (await told())[0]?.status;
  }

  beforeEach(async () => {
    await at(0, queries('insert_error', 0));
    expect(await statusAt(1, 10)).toBe('firing');
  });

  test('it is resolved when the fault has been gone for ten seconds', async () => {
    expect(await statusAt(30, 10)).toBe('firing');
    expect(await statusAt(32, 10)).toBe('firing');
    expect(await statusAt(39, 10)).toBe('firing');
    expect(await statusAt(40, 10)).toBe('resolved');
  });

  test('it stays one alert while the fault comes and goes, and is told again only after a minute', async () => {
    for (let seconds = 2; seconds < 61; seconds++) expect(await statusAt(seconds, 10 * seconds)).toBe('firing');
    const [alert] = (await alerts.list()).items;
    expect(alert?.count).toBe(1);
    await statusAt(61, 610);
    expect((await alerts.list()).items[0]?.count).toBe(2);
  });

  test('and somebody resolved it too early, it fires again within a minute', async () => {
    const id = (await alerts.list()).items[0]?.id ?? '';
    await alerts.resolve(id, 'Ann');
    expect(await statusAt(60, 1_000)).toBe('resolved');
    expect(await statusAt(61, 1_010)).toBe('firing');
  });
});

test('acknowledgements and automated responses are news, once each', async () => {
  const bulletin = new Bulletin(alerts);
  alerts.respond({ name: 'restart', match: [], run: () => 'restarted' });
  const { id } = await alerts.fire({ title: 'Worker stuck' });
  await expect.poll(async () => (await alerts.get(id))?.history.at(-1)?.event).toBe('remediated');
  expect(await bulletin.news()).toEqual(['Automated response: Worker stuck, restart: restarted']);
  await alerts.acknowledge(id, 'Ann');
  expect(await bulletin.news()).toEqual(['Acknowledged: Worker stuck, by Ann']);
  expect(await bulletin.news()).toEqual([]);
});

import { expect, test } from 'vitest';
import '../../src/alerting/index.js';
import { AiBudgetExceededError } from '../../src/index.js';
import { ManualClock } from '../support/manual-clock.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';

const DAY = 86_400_000;
const usage = { input_tokens: 1, output_tokens: 0 };

/** A monitor whose budget of one call a day is spent. */
async function spent(): Promise<TestMonitor & { clock: ManualClock }> {
  const clock = new ManualClock(Date.UTC(2026, 10, 22, 12));
  const made = testMonitor({
    clock,
    ai: { prices: { m: { input: 1_000_000 } }, budgets: [{ name: 'daily', limit: 1, window: 'day', onExceeded: 'reject' }], onBudget: () => {} },
  });
  await made.monitor.monitorAiService('s', 'm')(async () => Promise.resolve(usage))();
  return { ...made, clock };
}

test('a spent budget fails an async function by a rejection, before it is called', async () => {
  const { monitor, series } = await spent();
  let calls = 0;
  const refused = monitor.monitorAiService('s', 'm')(async () => {
    calls++;
    return Promise.resolve(usage);
  })();

  await expect(refused).rejects.toMatchObject({
    name: 'AiBudgetExceededError',
    code: 'SIGHTLINE_AI_BUDGET_EXCEEDED',
    budget: 'daily',
    limit: 1,
    spent: 1,
    resetsAt: new Date(Date.UTC(2026, 10, 23)),
  });
  await expect(refused).rejects.toBeInstanceOf(AiBudgetExceededError);
  expect(calls).toBe(0);
  // No call was made, so none is counted.
  expect(series('ai_requests_total')).toEqual({ 's m success': 1 });
  expect(series('ai_budget_rejections_total')).toEqual({ daily: 1 });
  expect(series('ai_requests_in_flight')).toEqual({ s: 0 });
});

test('the error is no instance of a class that an app has made of its class', async () => {
  class Refused extends AiBudgetExceededError {}
  const { monitor } = await spent();
  const error: unknown = await monitor.monitorAiService('s', 'm')(async () => Promise.resolve(usage))().catch((error: unknown) => error);

  expect(error).toBeInstanceOf(AiBudgetExceededError);
  expect(error).not.toBeInstanceOf(Refused);
});

test('an async generator function fails at its first step, where its reader looks for errors', async () => {
  const { monitor } = await spent();
  const stream = monitor.monitorAiService('s', 'm')(async function* () {
    yield usage;
  })();

  await expect(stream.next()).rejects.toThrow(AiBudgetExceededError);
});

test('a function that is known to return promises rejects, any other throws', async () => {
  const { monitor, clock } = await spent();
  const promising = (): Promise<object> => Promise.resolve(usage);
  const ask = monitor.monitorAiService('s', 'm')(promising);
  expect(ask).toThrow(AiBudgetExceededError);
  clock.advance(DAY);
  await ask();
  await expect(ask()).rejects.toThrow(AiBudgetExceededError);

  const sync = monitor.monitorAiService('s', 'm')((): object => usage);
  expect(sync).toThrow(AiBudgetExceededError);
});

test('a wrapper around a call that a budget refused is not counted either', async () => {
  const { monitor, series } = await spent();
  const ask = monitor.monitorAiService('s', 'm')(async () => Promise.resolve(usage));
  const free = testMonitor();
  const outer = free.monitor.monitorAiService('outer')(async () => ask());

  await expect(outer()).rejects.toThrow(AiBudgetExceededError);
  expect(free.series('ai_requests_total')).toEqual({});
  expect(series('ai_requests_total')).toEqual({ 's m success': 1 });
});

test('the budget is there again when its window turns', async () => {
  const { monitor, clock, value } = await spent();
  const ask = monitor.monitorAiService('s', 'm')(async () => Promise.resolve(usage));
  await expect(ask()).rejects.toThrow(AiBudgetExceededError);
  clock.advance(DAY / 2);

  expect(value('ai_budget_spent', { budget: 'daily' })).toBe(0);
  expect(await ask()).toBe(usage);
});

test("passing a threshold is told once: by a line in the log, or by the app's own function", async () => {
  const ai = { prices: { m: { input: 1_000_000 } }, budgets: [{ name: 'daily', limit: 4, window: 'day' as const }] };
  const told: unknown[] = [];
  const own = testMonitor({ ai: { ...ai, onBudget: ({ threshold, spent: amount }) => told.push([threshold, amount]) } });
  const logged = testMonitor({ ai });
  for (const { monitor } of [own, logged]) {
    const ask = monitor.monitorAiService('s', 'm')(async () => Promise.resolve(usage));
    for (let i = 0; i < 6; i++) await ask();
  }

  expect(told).toEqual([[0.5, 2], [0.8, 4], [1, 4]]);
  expect(logged.log[0]).toMatch(/the budget `daily` is at 50 %: 2\.00 of 4 USD are spent/);
  expect(own.log).toEqual([]);
});

test('where alerts are set up, passing a threshold is an alert, which is over when the window turns', async () => {
  const clock = new ManualClock(Date.UTC(2026, 10, 22, 12));
  const { monitor } = testMonitor({ clock, alerts: {}, ai: { prices: { m: { input: 1_000_000 } }, budgets: [{ name: 'daily', limit: 1, window: 'day', thresholds: [1] }] } });
  await monitor.monitorAiService('s', 'm')(async () => Promise.resolve(usage))();

  const { items } = await monitor.alerts.list();
  expect(items).toMatchObject([
    { title: 'AI budget daily has passed 100 %', severity: 'high', source: 'ai', labels: { budget: 'daily', threshold: '1' }, endsAt: new Date(Date.UTC(2026, 10, 23)) },
  ]);
});

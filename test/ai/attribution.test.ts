import express from 'express';
import { expect, test } from 'vitest';
import { withAiAttribution } from '../../src/ai/attribution.js';
import { monitorRequests } from '../../src/express/index.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

const ai = { prices: { m: { input: 1_000_000, output: 0 } } };
const one = { input_tokens: 1, output_tokens: 0 };

test('cost is counted by tenant and feature, however deep the call is made', async () => {
  const { monitor, series } = testMonitor({ ai });
  const ask = monitor.monitorAiService('s', 'm')(async () => Promise.resolve(one));

  const answer = await withAiAttribution({ tenant: 'school-7' }, async () => {
    await withAiAttribution({ feature: 'essays' }, async () => { await ask(); });
    return ask();
  });
  await ask();

  expect(answer).toBe(one);
  expect(series('ai_attributed_cost_total')).toEqual({ 'none school-7 essays': 1, 'none school-7 none': 1, 'none none none': 1 });
  expect(series('ai_service_cost_total')).toEqual({ 's m': 3 });
});

test('the endpoint is the route whose request the call is made for', async () => {
  const { monitor, series } = testMonitor({ ai });
  const ask = monitor.monitorAiService('s', 'm')(async () => Promise.resolve(one));
  const app = express();
  app.use(monitorRequests({ monitor }));
  app.use((_req, _res, next) => withAiAttribution({ tenant: 'school-7' }, next));
  app.post('/essays/:id', async (_req, res) => {
    await ask();
    res.end();
  });
  const { url } = await serve(app);

  await fetch(`${url}/essays/42`, { method: 'POST' });
  expect(series('ai_attributed_cost_total')).toEqual({ '/essays/:id school-7 none': 1 });
});

test('tenants beyond the cap fold into other, and no cost is lost', async () => {
  const { monitor, series } = testMonitor({ ai: { ...ai, attributionLimit: 10 } });
  const ask = monitor.monitorAiService('s', 'm')(async () => Promise.resolve(one));

  for (let i = 0; i < 100; i++) await withAiAttribution({ tenant: `t${i}` }, ask);

  const costs = series('ai_attributed_cost_total');
  expect(Object.keys(costs).length).toBeLessThanOrEqual(11);
  expect(Object.values(costs).reduce((sum, cost) => sum + cost, 0)).toBe(100);
  expect(costs).toHaveProperty('none other other');
});

test('refuses what is no attribution', () => {
  expect(() => withAiAttribution({ tenant: '' }, () => 1)).toThrow(/attribution\.tenant.*a string that is not empty/s);
  expect(() => withAiAttribution({ user: 'u' } as never, () => 1)).toThrow(/no such option; known here: tenant, feature/);
  expect(() => withAiAttribution({}, 'work' as never)).toThrow(/work.*a function/s);
});

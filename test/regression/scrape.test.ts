import { Gauge, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { serveMetrics } from '../../src/express/index.js';
import { deferred } from '../support/deferred.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

test('a scrape of one odd name does not get what one of two names under way gives', async () => {
  const go = deferred();
  const both = deferred();
  const registry = new Registry();
  for (const name of ['a', 'b']) new Gauge({ name, help: name, registers: [registry], collect: () => go.promise });
  let arrived = 0;
  const authorize = (): boolean => {
    if (++arrived === 2) both.resolve();
    return true;
  };
  const { monitor } = testMonitor({ registry: registry });
  const { send } = await serve(serveMetrics({ monitor, authorize }));
  const answers = Promise.all([send('GET /?name[]=a&name[]=b'), send('GET /?name[]=a%0Ab')]);
  await both.promise;
  await new Promise(resolve => setImmediate(resolve));
  go.resolve();
  const [, odd] = await answers;
  expect(odd.text).toBe('');
});

import { expect, test } from 'vitest';
import { ManualClock } from '../support/manual-clock.js';
import { testMonitor } from '../support/test-monitor.js';

test('a signal that many streams share is listened to once, tells all of them of an abort, and is left when they have ended', async () => {
  const clock = new ManualClock();
  const { monitor, series } = testMonitor({ clock });
  const ask = monitor.monitorAiService('s', 'm')((_request: object, _options: { signal: AbortSignal }) => ({
    stream: (async function* () {
      yield await Promise.resolve({ text: 'Good' });
    })(),
  }));
  const leaving = new AbortController();
  const { signal } = leaving;
  let listeners = 0;
  const { addEventListener, removeEventListener } = AbortSignal.prototype;
  Object.assign(signal, {
    addEventListener(...args: Parameters<typeof addEventListener>) {
      listeners++;
      Reflect.apply(addEventListener, signal, args);
    },
    removeEventListener(...args: Parameters<typeof removeEventListener>) {
      listeners--;
      Reflect.apply(removeEventListener, signal, args);
    },
  });

  const [first, ...others] = Array.from({ length: 20 }, () => ask({}, { signal }));
  expect(listeners).toBe(1);
  for await (const event of first?.stream ?? []) expect(event.text).toBe('Good');
  expect(listeners).toBe(1);
  leaving.abort();
  clock.advance(50);

  expect(others).toHaveLength(19);
  expect(series('ai_request_outcomes_total')).toEqual({ 's m ok': 1, 's m aborted': 19 });
  expect(listeners).toBe(0);
});

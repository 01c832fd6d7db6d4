import { expect, test } from 'vitest';
import { AlertmanagerView } from '../../src/alerting/api/alertmanager-view.js';
import { testAlerts } from '../alerting/set-up.js';

test('asked by Alertmanager’s API for all alerts, the app has its turns between them', async () => {
  const { alerts } = testAlerts({});
  for (let i = 0; i < 1_000; i++) await alerts.fire({ title: `Fault ${i}` });
  const view = await AlertmanagerView.of(alerts.parts);
  for (const read of ['alerts', 'groups'] as const) {
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await view[read]({ matchers: [], active: true, silenced: true, inhibited: true, receiver: () => true });
    isDone = true;
    expect(turns).toBeGreaterThanOrEqual(4);
  }
});

// An app that records something and has nothing else to do: nothing of ours may keep it alive.
import { createMonitor, getMonitor, traceFunction } from 'sightline';

const work = traceFunction('work')(async () => 'done');

for (const monitor of [createMonitor({ service: 'shop' }), getMonitor()]) {
  monitor.metrics.recordHttpRequest({ method: 'GET', endpoint: '/orders/:id', statusCode: 200, seconds: 0.01 });
}
await work();

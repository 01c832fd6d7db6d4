// A clustered app: each worker records its own requests, the primary adds all up and prints them.
//   node app.mjs <package of the client> <URL of the built sightline>
import cluster from 'node:cluster';
import { createRequire } from 'node:module';

const [, , clientName, sightline] = process.argv;
const { AggregatorRegistry } = createRequire(import.meta.url)(clientName);
// Workers need one too: it is what answers the primary.
const registry = new AggregatorRegistry();
AggregatorRegistry.setRegistries(registry);

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  await Promise.all(workers.map(worker => new Promise(resolve => worker.on('message', message => message === 'recorded' && resolve()))));
  process.stdout.write(await registry.clusterMetrics());
  for (const worker of workers) worker.disconnect();
} else {
  const { createMonitor } = await import(sightline);
  const monitor = createMonitor({ registry, metrics: { process: false } });
  const { id } = cluster.worker;
  for (let i = 0; i < id * 10; i++) {
    monitor.metrics.recordHttpRequest({ method: 'GET', endpoint: '/users/:id', statusCode: 200, seconds: id === 1 ? 0.02 : 0.3 });
  }
  monitor.metrics.recordHttpRequest({ method: 'GET', endpoint: `/only/${id}`, statusCode: 200, seconds: 1 });
  monitor.metrics.gauge('daily_active_users').set({}, 100);
  process.send('recorded');
}

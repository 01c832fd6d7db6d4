import { IncomingMessage, ServerResponse } from 'node:http';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-node';
import { expect, test } from 'vitest';
import { monitorRequests } from '../../src/express/index.js';
import { expressVersions, type App } from '../support/express-versions.js';
import { monitored } from '../support/monitored.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

const [{ app: newApp }] = expressVersions as [(typeof expressVersions)[number]];

test('a traced request without a socket is observed', async () => {
  const { monitor, requests, log } = testMonitor({ tracing: { exporter: new InMemorySpanExporter() } });
  const request = new IncomingMessage(undefined as never);
  Object.assign(request, { method: 'GET', url: '/x', headers: {} });
  const response = new ServerResponse(request);
  monitored({ monitor }, (_request, res) => res.writeHead(204).end())(request, response);
  response.emit('close');
  expect(await requests()).toEqual({ 'GET unmatched 204': 1 });
  expect(log).toEqual([]);
});

test('the path of a span is the whole path, and holds neither host nor password', async () => {
  const exporter = new InMemorySpanExporter();
  const { monitor, requests } = testMonitor({ tracing: { exporter } });
  const inner = newApp()
    .use(monitorRequests({ monitor }))
    .get('/x', (_req: App, res: App) => res.send('ok'));
  const { connect } = await serve(newApp().use('/in', inner));
  const client = await connect();
  client.send('GET http://ada:hunter2@example.com/in/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await client.closed();
  await requests();
  await monitor.tracing.flush();
  expect(exporter.getFinishedSpans().map(({ attributes }) => attributes['url.path'])).toEqual(['/in/x']);
});

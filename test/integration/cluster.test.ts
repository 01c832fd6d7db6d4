import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ROOT } from '../support/command.mjs';
import { keyOf, parseSample } from '../support/exposition.js';
import { promClients } from '../support/prom-clients.js';

const execute = promisify(execFile);
const APP = join(ROOT, 'test/integration/cluster/app.mjs');
const SIGHTLINE = pathToFileURL(join(ROOT, 'dist/index.js')).href;

test.each(promClients.map(([name]) => name))("the primary of a cluster adds its workers' metrics up, by %s", async client => {
  const { stdout } = await execute(process.execPath, [APP, client, SIGHTLINE], { timeout: 30_000 });
  const samples = new Map(
    stdout
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
      .map(line => {
        const { name, labels, value } = parseSample(line);
        return [name + keyOf(labels), value];
      }),
  );
  const value = (name: string, labels: Record<string, string>): number | undefined => samples.get(name + keyOf(labels));
  const route = { method: 'GET', endpoint: '/users/:id' };

  expect(value('http_requests_total', { ...route, status_code: '200' })).toBe(30);
  expect(value('http_requests_total', { method: 'GET', endpoint: '/only/1', status_code: '200' })).toBe(1);
  expect(value('http_requests_total', { method: 'GET', endpoint: '/only/2', status_code: '200' })).toBe(1);
  // 10 of 0.02 s from one, 20 of 0.3 s from the other.
  expect(value('http_request_duration_seconds_bucket', { ...route, le: '0.025' })).toBe(10);
  expect(value('http_request_duration_seconds_bucket', { ...route, le: '0.25' })).toBe(10);
  expect(value('http_request_duration_seconds_bucket', { ...route, le: '0.5' })).toBe(30);
  expect(value('http_request_duration_seconds_bucket', { ...route, le: '+Inf' })).toBe(30);
  expect(value('http_request_duration_seconds_count', route)).toBe(30);
  expect(value('http_request_duration_seconds_sum', route)).toBeCloseTo(6.2, 9);
  expect(value('daily_active_users', {})).toBe(100);
});

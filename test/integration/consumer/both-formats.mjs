// An app that loads the package as an ES module and, through a CommonJS dependency, again by require.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

for (const entry of ['sightline', 'sightline/express', 'sightline/koa', 'sightline/activity', 'sightline/ai', 'sightline/alerting', 'sightline/alerting/testing', 'sightline/business', 'sightline/tracing']) {
  const imported = await import(entry);
  const required = require(entry);
  assert.notEqual(imported, required);
  assert.deepEqual(Object.keys(imported).sort(), Object.keys(required).sort(), entry);
  assert.notEqual(Object.keys(imported).length, 0, entry);
}

const imported = await import('sightline');
const required = require('sightline');
for (const name of [
  'configureMonitor',
  'createMonitor',
  'getMonitor',
  'instrumentPool',
  'monitorApi',
  'monitorDbQuery',
  'traceFunction',
]) {
  assert.equal(typeof imported[name], 'function', `import ${name}`);
  assert.equal(typeof required[name], 'function', `require ${name}`);
}
assert.equal(imported.getMonitor(), required.getMonitor(), 'one shared monitor');

// An ES module app: nothing of AI calls is loaded by what has none.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { createMonitor, getMonitor } from 'sightline';

const require = createRequire(import.meta.url);
const isLoaded = () => require.resolve('sightline/ai') in require.cache;

createMonitor().monitorDbQuery('select', 'users')(() => 1)();
getMonitor().metrics.recordAiRequest({ service: 'openai', model: 'tutor', status: 'success', seconds: 1 });
assert.equal(isLoaded(), false, 'before the first AI call');
const { measured } = await import('./ai-call.mjs');
await measured;
assert.equal(isLoaded(), true, 'with the first AI call');

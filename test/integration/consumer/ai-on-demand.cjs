// A CommonJS app: nothing of AI calls is loaded by what has none, and a client is measured as by an ES module.
const assert = require('node:assert/strict');
const { configureMonitor, instrumentAiClient, monitorAiService } = require('sightline');

const isLoaded = () => require.resolve('sightline/ai') in require.cache;

async function main() {
  const monitor = configureMonitor({ metrics: { process: false } });
  assert.equal(isLoaded(), false, 'before the first AI call');
  const create = async () => ({ model: 'tutor', usage: { prompt_tokens: 3, completion_tokens: 1 } });
  const client = instrumentAiClient({ baseURL: 'http://127.0.0.1/v1', chat: { completions: { create } } });
  assert.equal(isLoaded(), true, 'with the first AI client');
  await client.chat.completions.create({ model: 'tutor' });
  await monitorAiService('house')(create)();

  const { values } = await monitor.registry.getSingleMetric('ai_token_usage_total').get();
  assert.deepEqual(values.map(({ value }) => value), [3, 1, 3, 1]);
  await monitor.close();
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});

// An app whose AI calls have a budget, which the second call exceeds.
import assert from 'node:assert/strict';
import { AiBudgetExceededError, createMonitor, isSightlineError, traceFunction } from 'sightline';

/** SDKs return promises of their own. */
class SdkPromise extends Promise {}

/** Without `await` at the top, so that it can be bundled as CommonJS too. */
export const measured = measure();

async function measure() {
  const monitor = createMonitor({
    ai: {
      prices: { tutor: { input: 1_000_000 } },
      budgets: [{ name: 'daily', limit: 1, window: 'day', onExceeded: 'reject' }],
      onBudget: () => {},
    },
  });
  const answer = { usage: { prompt_tokens: 1, completion_tokens: 0 } };
  const promise = SdkPromise.resolve(answer);
  const ask = traceFunction('ask')(monitor.monitorAiService('openai', 'tutor')(() => promise));

  assert.equal(ask(), promise, 'the promise stays the same');
  assert.equal(await promise, answer);
  const error = await Promise.resolve(ask()).catch(reason => reason);
  assert.ok(isSightlineError(error) && error instanceof AiBudgetExceededError, String(error));
  assert.ok(!(new Error('other') instanceof AiBudgetExceededError));

  const { values } = await monitor.registry.getSingleMetric('ai_requests_total').get();
  assert.deepEqual(values, [{ labels: { service: 'openai', model: 'tutor', status: 'success' }, value: 1 }]);
  await monitor.close();
}

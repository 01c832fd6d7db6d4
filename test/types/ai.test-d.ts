import {
  createMonitor,
  instrumentAiClient,
  monitorAiService,
  withAiAttribution,
  AiBudgetExceededError,
  type AiOptions,
  type Instrument,
  type Monitor,
  type TokenUsage,
} from '../../src/index.js';
import type { Equal, Expect } from '../support/type-equality.js';

// Required values come first, then one options object; a function keeps its type.

export type Signatures = [
  Expect<Equal<ReturnType<typeof monitorAiService>, Instrument>>,
  Expect<Equal<Parameters<typeof monitorAiService>['length'], 1 | 2 | 3>>,
  Expect<Equal<Monitor['monitorAiService'], typeof monitorAiService>>,
  Expect<Equal<Monitor['instrumentAiClient'], typeof instrumentAiClient>>,
];

/** As openai's, which has helpers of its own. */
declare class ApiPromise<T> extends Promise<T> {
  withResponse(): Promise<{ data: T; response: Response }>;
}
declare class Client {
  chat: { completions: { create<T>(body: T): ApiPromise<T> } };
}

export const client: Client = instrumentAiClient(new Client());
export const create = monitorAiService('openai', 'gpt-4o')(<T>(body: T): ApiPromise<T> => client.chat.completions.create(body));
export type KeepsItsPromise = Expect<Equal<ReturnType<typeof create<'a'>>, ApiPromise<'a'>>>;

export class Grader {
  @monitorAiService('openai', 'gpt-4o', { operation: 'chat', provider: 'openai', extractUsage: () => ({ inputTokens: 1 }) })
  grade(essay: string): ApiPromise<string> {
    return client.chat.completions.create(essay);
  }

  @monitorAiService('openai')
  async *stream(essay: string): AsyncGenerator<string> {
    yield essay;
  }
}

export const attributed: number = withAiAttribution({ tenant: 't' }, () => 7);
export const attributedLater: Promise<string> = withAiAttribution({ feature: 'f' }, async () => 'x');

// @ts-expect-error the service is required
monitorAiService();
// @ts-expect-error an option of that name does not exist
monitorAiService('openai', 'gpt-4o', { usage: () => undefined });
// @ts-expect-error tokens are numbers
monitorAiService('openai', 'gpt-4o', { extractUsage: () => ({ inputTokens: '1' }) });
// @ts-expect-error a client is an object
instrumentAiClient('openai');
// @ts-expect-error a budget needs its limit
createMonitor({ ai: { budgets: [{ name: 'day', window: 'day' }] } });
// @ts-expect-error a budget alerts or rejects
createMonitor({ ai: { budgets: [{ name: 'day', window: 'day', limit: 5, onExceeded: 'stop' }] } });

export const options: AiOptions = {
  prices: { 'gpt-4o': { input: 2.5, output: 10, cachedInput: 1.25 } },
  priceOf: ({ model, usage }) => (model === 'house' ? (usage.outputTokens ?? 0) * 1e-6 : undefined),
  currency: 'CNY',
  exchangeRates: { USD: 7.1 },
  budgets: [{ name: 'tenants', limit: 10, window: 'day', timeZone: 'Asia/Shanghai', tenant: '*', thresholds: [0.8, 1], onExceeded: 'reject' }],
  onBudget: ({ budget, tenant, threshold, spent, limit, currency }) => {
    console.log(budget, tenant, threshold, spent, limit, currency);
  },
  captureContent: { maxLength: 100 },
};

export function resetOf(error: unknown): Date | undefined {
  return error instanceof AiBudgetExceededError ? error.resetsAt : undefined;
}
export const usage: TokenUsage = { inputTokens: 10, cachedInputTokens: 5, outputTokens: 1 };

import type { Middleware } from 'koa';
import OpenAI from 'openai';
import { AiBudgetExceededError } from 'sightline';
import { GatewayError } from './gateway-error.js';

/** An error as OpenAI's API answers it, so that its SDKs raise the right one. */
interface OpenAiError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** Answers whatever is thrown. */
export const answerErrors: Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    const { status, headers, body } = openAiErrorOf(error);
    if (status >= 500 && ctx.writable) console.error(error);
    ctx.status = status;
    ctx.set(headers);
    ctx.body = body;
  }
};

export function openAiErrorOf(error: unknown): OpenAiError {
  if (error instanceof AiBudgetExceededError) return budgetExceeded(error);
  if (error instanceof GatewayError) return answer(error.status, error.code, error.message);
  if (error instanceof OpenAI.APIConnectionTimeoutError) return answer(504, 'upstream_timeout', 'The upstream did not answer in time.');
  if (error instanceof OpenAI.APIConnectionError) return answer(502, 'upstream_unreachable', 'The upstream cannot be reached.');
  if (error instanceof OpenAI.AuthenticationError || error instanceof OpenAI.PermissionDeniedError) {
    // It is the gateway's key that was refused. The tenant's is fine.
    return answer(502, 'upstream_refused', 'The upstream refused the gateway.');
  }
  if (error instanceof OpenAI.APIError && error.status !== undefined) return passedOn(error);
  return answer(500, 'internal_error', 'The gateway failed.');
}

function budgetExceeded({ limit, resetsAt }: AiBudgetExceededError): OpenAiError {
  const seconds = Math.max(Math.ceil((resetsAt.getTime() - Date.now()) / 1_000), 1);
  const message = `Your budget of ${limit} USD is spent. The next one begins at ${resetsAt.toISOString()}.`;
  // OpenAI's SDKs would wait for as long as `retry-after` says, and try again: hours. The other header tells them not to.
  const headers = { 'retry-after': String(seconds), 'x-should-retry': 'false' };
  return { ...answer(429, 'budget_exceeded', message, 'insufficient_quota'), headers };
}

/** What the upstream said, with how long it asks to wait. */
function passedOn(error: InstanceType<typeof OpenAI.APIError>): OpenAiError {
  const headers = ['retry-after', 'retry-after-ms'].flatMap(name => {
    const value = error.headers?.get(name);
    return value ? [[name, value] as const] : [];
  });
  return { status: error.status as number, headers: Object.fromEntries(headers), body: { error: error.error } };
}

function answer(status: number, code: string, message: string, type = status < 500 ? 'invalid_request_error' : 'api_error'): OpenAiError {
  return { status, headers: {}, body: { error: { message, type, param: null, code } } };
}

import { describe, expect, test } from 'vitest';
import { outcomeOfError, outcomeOfResponse, outcomeOfStatus, type AiOutcome } from '../../src/ai/outcome.js';
import { AiBudgetExceededError } from '../../src/ai/budget/budget-exceeded-error.js';

// The SDKs are no dependencies. These stand for their classes: the same names, fields and places of them.

/** OpenAI's, Groq's and, but for the body, Anthropic's: `name` stays `Error`. */
class APIError extends Error {
  readonly status: number | undefined;
  readonly headers: Headers | undefined;
  readonly error: any;
  readonly code: unknown;
  readonly type: unknown;

  constructor(status: number | undefined, error: any, message?: string, headers?: Headers) {
    super(message ?? error?.message ?? 'x');
    this.status = status;
    this.headers = headers;
    this.error = error;
    this.code = error?.code;
    this.type = error?.type ?? error?.error?.type;
  }
}
class BadRequestError extends APIError {}
class RateLimitError extends APIError {}
class InternalServerError extends APIError {}
class APIUserAbortError extends APIError {
  constructor() {
    super(undefined, undefined, 'Request was aborted.', undefined);
  }
}
class APIConnectionError extends APIError {
  constructor({ message, cause }: { message?: string; cause?: unknown } = {}) {
    super(undefined, undefined, message ?? 'Connection error.', undefined);
    if (cause !== undefined) this.cause = cause;
  }
}
class APIConnectionTimeoutError extends APIConnectionError {
  constructor() {
    super({ message: 'Request timed out.' });
  }
}
class ContentFilterFinishReasonError extends Error {}
class LengthFinishReasonError extends Error {}

/** Google's. */
class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor({ message, status }: { message: string; status: number }) {
    super(message);
    this.status = status;
  }
}

/** The AWS SDK's. */
function awsException(name: string, httpStatusCode?: number): Error {
  return Object.assign(new Error('x'), { name, $fault: 'client', $metadata: { httpStatusCode } });
}

/** The `ai` package's: `name` is a literal, and so survives a bundler. */
function aiError(name: string, fields: object = {}): Error {
  return Object.assign(new Error('x'), { name, ...fields });
}

function withCode(code: string): Error {
  return Object.assign(new Error('x'), { code });
}

function fetchFailed(cause?: unknown): TypeError {
  return new TypeError('fetch failed', { cause });
}

const HEADERS = new Headers();
type Case = [name: string, error: unknown, outcome: AiOutcome];

describe('OpenAI, and all that speak it', () => {
  const error = (status: number | undefined, body: object) => new APIError(status, { message: 'x', ...body }, undefined, HEADERS);

  test.each<Case>([
    ['a rate limit', new RateLimitError(429, { code: 'rate_limit_exceeded', type: 'tokens' }, '', HEADERS), 'rate_limited'],
    ['429 without a body', new RateLimitError(429, undefined, '', HEADERS), 'rate_limited'],
    ['an empty account', new RateLimitError(429, { code: 'insufficient_quota', type: 'insufficient_quota' }, '', HEADERS), 'quota'],
    ['a billing limit with 400', error(400, { code: 'billing_hard_limit_reached' }), 'quota'],
    ['402', error(402, {}), 'quota'],
    ['a wrong key', error(401, { code: 'invalid_api_key' }), 'auth'],
    ['no permission', error(403, {}), 'auth'],
    ['an unknown model', error(404, { code: 'model_not_found' }), 'invalid_request'],
    ['too much context', error(400, { code: 'context_length_exceeded', type: 'invalid_request_error' }), 'invalid_request'],
    ['422', error(422, {}), 'invalid_request'],
    ['408', error(408, {}), 'timeout'],
    ['504', error(504, {}), 'timeout'],
    ['500', new InternalServerError(500, undefined, '', HEADERS), 'server'],
    ['an image that is refused', error(400, { code: 'moderation_blocked' }), 'content_filter'],
    [
      'a prompt that is refused in words',
      error(400, { code: 'invalid_prompt', message: 'Your prompt was flagged as potentially violating our usage policy.' }),
      'content_filter',
    ],
    ['an invalid prompt', error(400, { code: 'invalid_prompt' }), 'invalid_request'],
    [
      "Azure's filter",
      new BadRequestError(400, { code: 'content_filter', type: null, innererror: { code: 'ResponsibleAIPolicyViolation' } }, '', HEADERS),
      'content_filter',
    ],
    ["Azure's codes, which are numbers in text", { error: { code: '429', message: 'x' } }, 'rate_limited'],
    ['a parsed answer that was filtered', new ContentFilterFinishReasonError(), 'content_filter'],
    ['a parsed answer that was too long', new LengthFinishReasonError(), 'other'],
    ['an abort', new APIUserAbortError(), 'aborted'],
    [
      'an abort by AbortSignal.timeout',
      Object.assign(new APIUserAbortError(), { cause: new DOMException('x', 'TimeoutError') }),
      'timeout',
    ],
    ["an abort for the app's own reason", Object.assign(new APIUserAbortError(), { cause: withCode('ECONNRESET') }), 'aborted'],
    ['a timeout', new APIConnectionTimeoutError(), 'timeout'],
    ['no connection', new APIConnectionError({ cause: fetchFailed(withCode('ECONNREFUSED')) }), 'network'],
    ['no connection in time', new APIConnectionError({ cause: fetchFailed(withCode('UND_ERR_CONNECT_TIMEOUT')) }), 'timeout'],
    ['a rate limit within a stream', error(undefined, { code: 'rate_limit_exceeded' }), 'rate_limited'],
    ['an error within a stream', error(undefined, { type: 'server_error' }), 'server'],
    ['an unknown error within a stream', error(undefined, {}), 'server'],
  ])('%s', (_, thrown, outcome) => {
    expect(outcomeOfError(thrown)).toBe(outcome);
  });

  test.each<Case>([
    ['an abort', new (class a extends APIError {})(undefined, undefined, 'Request was aborted.'), 'aborted'],
    ['a timeout', new (class b extends APIError {})(undefined, undefined, 'Request timed out.'), 'timeout'],
    ['no connection', new (class c extends APIError {})(undefined, undefined, 'Connection error.'), 'network'],
    ['a rate limit', new (class d extends APIError {})(429, undefined, ''), 'rate_limited'],
  ])('%s, of a class whose name a bundler has shortened', (_, thrown, outcome) => {
    expect(outcomeOfError(thrown)).toBe(outcome);
  });
});

describe('compatible services', () => {
  const error = (status: number, body: object) => new APIError(status, { message: 'x', ...body }, undefined, HEADERS);

  test.each<Case>([
    ['DeepSeek: no money', error(402, { message: 'Insufficient Balance' }), 'quota'],
    ['DashScope: no money', error(400, { code: 'Arrearage' }), 'quota'],
    ['DashScope: the free tier is used up', error(403, { code: 'AllocationQuota.FreeTierOnly' }), 'quota'],
    ['DashScope: tokens per minute', error(429, { code: 'Throttling.AllocationQuota' }), 'rate_limited'],
    ['DashScope: inspection', error(400, { code: 'data_inspection_failed' }), 'content_filter'],
    ['DashScope: a file of the wrong format', error(400, { code: 'InvalidParameter.DataInspection' }), 'invalid_request'],
    ['Zhipu: no money', error(429, { code: '1113' }), 'quota'],
    ['Zhipu: too many at once', error(429, { code: '1302' }), 'rate_limited'],
    ['Zhipu: sensitive content', error(400, { code: '1301' }), 'content_filter'],
    ['Moonshot: no money', error(429, { type: 'exceeded_current_quota_error' }), 'quota'],
    ['Moonshot: overloaded', new RateLimitError(429, { type: 'engine_overloaded_error' }, '', HEADERS), 'server'],
    ['Groq: no capacity in the flex tier', error(498, { code: 'capacity_exceeded' }), 'server'],
    [
      'OpenRouter: moderation',
      error(403, { message: 'The chosen model requires moderation on OpenAI. Your input was flagged.' }),
      'content_filter',
    ],
    ['OpenRouter: an error in a response', { error: { code: 429, message: 'x' } }, 'rate_limited'],
    ['LiteLLM: a budget', error(400, { type: 'budget_exceeded' }), 'quota'],
    ['Cloudflare: the origin took too long', error(524, {}), 'timeout'],
  ])('%s', (_, thrown, outcome) => {
    expect(outcomeOfError(thrown)).toBe(outcome);
  });
});

describe('Anthropic', () => {
  const error = (status: number | undefined, type: string, message = 'x', details: object = {}) =>
    Object.assign(new APIError(status, { type: 'error', error: { type, message, details } }, message, HEADERS), details);

  test.each<Case>([
    ['overloaded', error(529, 'overloaded_error'), 'server'],
    ['overloaded, within a stream', error(undefined, 'overloaded_error'), 'server'],
    ['an API error within a stream', error(undefined, 'api_error'), 'server'],
    ['a wrong request within a stream', error(undefined, 'invalid_request_error'), 'invalid_request'],
    ['a wrong key within a stream', error(undefined, 'authentication_error'), 'auth'],
    ['a rate limit', error(429, 'rate_limit_error'), 'rate_limited'],
    ['use that grows too fast', error(429, 'rate_limit_error', 'x', { error_code: 'ramp_limit_exceeded' }), 'rate_limited'],
    ['a spending limit', error(429, 'rate_limit_error', 'x', { error_code: 'contract_spend_limit_reached' }), 'quota'],
    ['no credit, with 400', error(400, 'invalid_request_error', 'Your credit balance is too low to access the API.'), 'quota'],
    ['a filtered answer, with 400', error(400, 'invalid_request_error', 'Output blocked by content filtering policy'), 'content_filter'],
    ['a billing error', error(402, 'billing_error'), 'quota'],
    ['a timeout', error(504, 'timeout_error'), 'timeout'],
    ['a request that is too large', error(413, 'request_too_large'), 'invalid_request'],
    ['no permission', error(403, 'permission_error'), 'auth'],
    ['closed by the client', error(499, 'x'), 'aborted'],
  ])('%s', (_, thrown, outcome) => {
    expect(outcomeOfError(thrown)).toBe(outcome);
  });
});

describe('Google', () => {
  const error = (code: number, status: string, details: object[] = []) =>
    new ApiError({ status: code, message: JSON.stringify({ error: { code, status, message: 'x', details } }) });
  const quotaFailure = (quotaId: string) => ({ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] });

  test.each<Case>([
    ['per minute', error(429, 'RESOURCE_EXHAUSTED', [quotaFailure('GenerateRequestsPerMinutePerProjectPerModel')]), 'rate_limited'],
    ['per day', error(429, 'RESOURCE_EXHAUSTED', [quotaFailure('GenerateRequestsPerDayPerProjectPerModel-FreeTier')]), 'quota'],
    ['a wrong key, with 400', error(400, 'INVALID_ARGUMENT', [{ reason: 'API_KEY_INVALID' }]), 'auth'],
    ['no billing, with 403', error(403, 'PERMISSION_DENIED', [{ reason: 'BILLING_DISABLED' }]), 'quota'],
    ['a wrong request', error(400, 'INVALID_ARGUMENT'), 'invalid_request'],
    ['no permission', error(403, 'PERMISSION_DENIED'), 'auth'],
    ['unavailable', error(503, 'UNAVAILABLE'), 'server'],
    ['too slow', error(504, 'DEADLINE_EXCEEDED'), 'timeout'],
    [
      'a body in the message only, behind words',
      new Error(`got status: X. ${JSON.stringify({ error: { code: 503, status: 'UNAVAILABLE' } })}`),
      'server',
    ],
    [
      'a body within the message of a body',
      new ApiError({
        status: 400,
        message: JSON.stringify({
          error: { message: JSON.stringify({ error: { status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] } }) },
        }),
      }),
      'auth',
    ],
    ["gRPC's numbers", Object.assign(new Error('x'), { code: 8, details: 'x', metadata: {} }), 'rate_limited'],
    ["gRPC's deadline", Object.assign(new Error('x'), { code: 4, details: 'x', metadata: {} }), 'timeout'],
  ])('%s', (_, thrown, outcome) => {
    expect(outcomeOfError(thrown)).toBe(outcome);
  });
});

describe('Bedrock', () => {
  const cases: [name: string, status: number, outcome: AiOutcome][] = [
    ['ThrottlingException', 429, 'rate_limited'],
    ['ServiceQuotaExceededException', 400, 'quota'],
    ['ModelTimeoutException', 408, 'timeout'],
    ['AccessDeniedException', 403, 'auth'],
    ['ExpiredTokenException', 403, 'auth'],
    ['ValidationException', 400, 'invalid_request'],
    ['ResourceNotFoundException', 404, 'invalid_request'],
    ['ModelErrorException', 424, 'server'],
    ['ModelNotReadyException', 429, 'server'],
    ['ModelStreamErrorException', 424, 'server'],
    ['InternalServerException', 500, 'server'],
    ['ServiceUnavailableException', 503, 'server'],
  ];

  test.each(cases)('%s', (name, status, outcome) => {
    expect(outcomeOfError(awsException(name, status))).toBe(outcome);
  });

  test.each(cases)('%s within a stream, where it has no status', (name, _, outcome) => {
    expect(outcomeOfError(awsException(name))).toBe(outcome);
  });

  test('an abort, and one by AbortSignal.timeout', () => {
    const abort = (cause?: unknown) => Object.assign(new Error('Request aborted', { cause }), { name: 'AbortError' });

    expect(outcomeOfError(abort())).toBe('aborted');
    expect(outcomeOfError(abort(new DOMException('x', 'TimeoutError')))).toBe('timeout');
  });

  test('a status without a name that is known', () => {
    expect(outcomeOfError(awsException('UnknownError', 403))).toBe('auth');
  });
});

describe('the ai package', () => {
  const apiCall = (statusCode: number | undefined, fields: object = {}) => aiError('AI_APICallError', { statusCode, ...fields });
  const retry = (...errors: unknown[]) => aiError('AI_RetryError', { reason: 'maxRetriesExceeded', errors, lastError: errors.at(-1) });

  test.each<Case>([
    ['a status', apiCall(429), 'rate_limited'],
    ['a code in the data', apiCall(429, { data: { error: { code: 'insufficient_quota' } } }), 'quota'],
    ['a code in the body', apiCall(429, { responseBody: '{"error":{"code":"insufficient_quota"}}' }), 'quota'],
    ['a body that is no JSON', apiCall(502, { responseBody: '{<html>' }), 'server'],
    ['no connection', apiCall(undefined, { cause: withCode('ECONNREFUSED') }), 'network'],
    ['an answer with status 200 that is none', apiCall(200, { cause: aiError('AI_JSONParseError') }), 'server'],
    ['an answer that broke off', apiCall(200, { cause: new TypeError('terminated', { cause: withCode('UND_ERR_SOCKET') }) }), 'network'],
    ['the last of several tries', retry(apiCall(429), apiCall(500)), 'server'],
    ['the last of several tries, the other way round', retry(apiCall(500), apiCall(429)), 'rate_limited'],
    ['no key', aiError('AI_LoadAPIKeyError'), 'auth'],
    ['no such model', aiError('AI_NoSuchModelError'), 'invalid_request'],
    ['a prompt of the wrong form', aiError('AI_InvalidPromptError'), 'invalid_request'],
    ['no output for a reason', aiError('AI_NoOutputGeneratedError', { cause: apiCall(401) }), 'auth'],
    [
      "an answer that does not fit the app's schema",
      aiError('AI_NoObjectGeneratedError', { finishReason: 'stop', cause: aiError('AI_TypeValidationError') }),
      'other',
    ],
    ['an object that was filtered', aiError('AI_NoObjectGeneratedError', { finishReason: 'content-filter' }), 'content_filter'],
    ['a response the server gave up', aiError('ResponseAborted'), 'aborted'],
    ['a timeout of the gateway', aiError('GatewayTimeoutError', { statusCode: 408, type: 'timeout_error' }), 'timeout'],
  ])('%s', (_, thrown, outcome) => {
    expect(outcomeOfError(thrown)).toBe(outcome);
  });
});

describe('LangChain, Cohere, Mistral, Ollama', () => {
  const langChain = (error: object, lc_error_code: string) => Object.assign(error, { lc_error_code });
  const response = (status: number) => ({ rawResponse: new Response('', { status }), statusCode: status });

  test.each<Case>([
    ['LangChain: its code alone', langChain(new Error('x'), 'MODEL_RATE_LIMIT'), 'rate_limited'],
    [
      'LangChain: its code says less than the error',
      langChain(new RateLimitError(429, { code: 'insufficient_quota' }, '', HEADERS), 'MODEL_RATE_LIMIT'),
      'quota',
    ],
    ['LangChain: a wrong key', langChain(new Error('x'), 'MODEL_AUTHENTICATION'), 'auth'],
    ['LangChain: too much context', aiError('ContextOverflowError', { cause: new APIError(400, {}) }), 'invalid_request'],
    ['LangChain: a refusal', aiError('ModelRefusalError'), 'content_filter'],
    ['LangChain: an abort', aiError('ModelAbortError'), 'aborted'],
    ["LangChain: an answer that can't be parsed", langChain(new Error('x'), 'OUTPUT_PARSING_FAILURE'), 'other'],
    ['LangChain: a blocked answer of Google', new (class GoogleGenerativeAIResponseError extends Error {})('x'), 'content_filter'],
    ['Cohere: a rate limit', aiError('TooManyRequestsError', { statusCode: 429, body: { message: 'x' } }), 'rate_limited'],
    ['Cohere: a wrong token', aiError('InvalidTokenError', { statusCode: 498 }), 'auth'],
    ['Cohere: a timeout', aiError('CohereTimeoutError'), 'timeout'],
    ['Cohere: no connection', aiError('CohereError', { statusCode: undefined, cause: fetchFailed(withCode('ENOTFOUND')) }), 'network'],
    [
      'Mistral: a rate limit',
      aiError('SDKError', { ...response(429), body: '{"type":"invalid_request_error","code":"3505"}' }),
      'rate_limited',
    ],
    ['Mistral: no connection', aiError('ConnectionError', { cause: fetchFailed() }), 'network'],
    ['Mistral: a timeout', aiError('RequestTimeoutError'), 'timeout'],
    ['Mistral: an abort', aiError('RequestAbortedError'), 'aborted'],
    ['Mistral: a response of the wrong form', aiError('ResponseValidationError', response(200)), 'server'],
    ['Mistral: a request of the wrong form', aiError('SDKValidationError'), 'invalid_request'],
    ['Ollama', aiError('ResponseError', { status_code: 404, error: 'model "x" not found' }), 'invalid_request'],
  ])('%s', (_, thrown, outcome) => {
    expect(outcomeOfError(thrown)).toBe(outcome);
  });
});

describe('fetch and other clients', () => {
  test.each<Case>([
    ['fetch: no connection', fetchFailed(withCode('ECONNREFUSED')), 'network'],
    [
      'fetch: no connection to any address',
      fetchFailed(Object.assign(new AggregateError([withCode('ECONNREFUSED')]), { code: 'ECONNREFUSED' })),
      'network',
    ],
    ['fetch: no such host', fetchFailed(withCode('ENOTFOUND')), 'network'],
    ['fetch: an expired certificate', fetchFailed(withCode('CERT_HAS_EXPIRED')), 'network'],
    ['fetch: no headers in time', fetchFailed(withCode('UND_ERR_HEADERS_TIMEOUT')), 'timeout'],
    ['fetch: no reason', fetchFailed(), 'network'],
    ['a TypeError of the app', new TypeError("Cannot read properties of undefined (reading 'choices')"), 'other'],
    ['axios: a timeout', withCode('ECONNABORTED'), 'timeout'],
    ['axios: cancelled', Object.assign(new Error('canceled'), { name: 'CanceledError', code: 'ERR_CANCELED' }), 'aborted'],
    [
      'axios: a status',
      Object.assign(new Error('x'), {
        code: 'ERR_BAD_REQUEST',
        response: { status: 429, data: { error: { code: 'insufficient_quota' } } },
      }),
      'quota',
    ],
    ['a Response', new Response('', { status: 503 }), 'server'],
    ['a status alone', { status: 401 }, 'auth'],
    ['an exit code, which is no status', Object.assign(new Error('x'), { code: 127 }), 'other'],
  ])('%s', (_, thrown, outcome) => {
    expect(outcomeOfError(thrown)).toBe(outcome);
  });

  test('real aborts and timeouts of fetch', async () => {
    const url = 'http://127.0.0.1:9/';
    const aborted: unknown = await fetch(url, { signal: AbortSignal.abort() }).catch((error: unknown) => error);
    const timedOut = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    const late: unknown = await fetch(url, { signal: AbortSignal.abort(timedOut) }).catch((error: unknown) => error);

    expect(outcomeOfError(aborted)).toBe('aborted');
    expect(outcomeOfError(late)).toBe('timeout');
  });
});

describe('errors that wrap others', () => {
  const limit = new APIError(429, undefined);

  test.each<Case>([
    ['a cause', new Error('grading failed', { cause: new Error('call failed', { cause: limit }) }), 'rate_limited'],
    ['a cause below a 500 of the app', Object.assign(new Error('x', { cause: limit }), { status: 500 }), 'rate_limited'],
    ['not a cause below what the provider says', Object.assign(new Error('x', { cause: limit }), { status: 401 }), 'auth'],
    ['the first of several errors that says something', new AggregateError([new Error('x'), limit, new APIError(500, {})]), 'rate_limited'],
    ['a cause that knows no better', Object.assign(new Error('x', { cause: new Error('y') }), { status: 500 }), 'server'],
    [
      'a budget of ours',
      new AiBudgetExceededError({ budget: 'day', tenant: undefined, limit: 1, spent: 1, currency: 'USD', resetsAt: new Date(0) }),
      'quota',
    ],
  ])('%s', (_, thrown, outcome) => {
    expect(outcomeOfError(thrown)).toBe(outcome);
  });

  test('a circle ends', () => {
    const one = new Error('1');
    one.cause = new Error('2', { cause: one });

    expect(outcomeOfError(one)).toBe('other');
  });

  test('a chain without end is left', () => {
    let read = 0;
    const endless = (): object => ({
      get cause() {
        read++;
        return endless();
      },
    });

    expect(outcomeOfError(endless())).toBe('other');
    expect(read).toBeLessThan(100);
  });
});

describe('whatever is thrown, something is said', () => {
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error('get');
      },
      has() {
        throw new Error('has');
      },
      getPrototypeOf() {
        throw new Error('getPrototypeOf');
      },
    },
  );
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', '429 Too Many Requests'],
    ['a number', 429],
    ['a symbol', Symbol('x')],
    ['a function', () => 1],
    ['an error of the app', new Error('essay 7 not found')],
    ['an object without a class', Object.create(null)],
    ['a proxy that throws', hostile],
    ['a revoked proxy', revoked.proxy],
    ['errors that are no list', { errors: 7, cause: 'x', status: 'x', code: {} }],
    ['a status that is none', { status: 42 }],
    ['a huge message', new Error('{'.repeat(1_000_000))],
  ])('%s', (_, thrown) => {
    expect(outcomeOfError(thrown)).toBe('other');
  });

  test('a getter that throws hides nothing else', () => {
    const error = Object.defineProperty(new APIError(429, undefined), 'code', {
      get() {
        throw new Error('no');
      },
    });

    expect(outcomeOfError(error)).toBe('rate_limited');
  });
});

describe('a response', () => {
  test.each([
    'content_filter', // OpenAI, Azure
    'content-filter', // ai
    'refusal', // Anthropic
    'SAFETY', // Google, of answers and prompts
    'RECITATION',
    'BLOCKLIST',
    'PROHIBITED_CONTENT',
    'SPII',
    'IMAGE_SAFETY',
    'MODEL_ARMOR',
    'guardrail_intervened', // Bedrock
    'content_filtered',
    'sensitive', // Zhipu
    'ERROR_TOXIC', // Cohere
  ])('stopped by %s is a content filter', finishReason => {
    expect(outcomeOfResponse({ finishReason })).toBe('content_filter');
  });

  test.each(['stop', 'length', 'end_turn', 'max_tokens', 'tool_use', 'STOP', 'MAX_TOKENS', 'OTHER', 'completed', 'tool-calls', ''])(
    'stopped by %j is good',
    finishReason => {
      expect(outcomeOfResponse({ finishReason })).toBe('ok');
    },
  );

  test.each<[string, AiOutcome]>([
    ['error', 'server'],
    ['insufficient_system_resource', 'server'],
    ['TIMEOUT', 'timeout'],
    ['cancelled', 'aborted'],
  ])('that broke off with %s is none', (finishReason, outcome) => {
    expect(outcomeOfResponse({ finishReason })).toBe(outcome);
  });

  test('without a reason is good', () => {
    expect(outcomeOfResponse({})).toBe('ok');
    expect(outcomeOfResponse({ error: null })).toBe('ok');
  });

  test.each<[unknown, AiOutcome]>([
    [{ code: 'rate_limit_exceeded', message: 'x' }, 'rate_limited'],
    [{ code: 'server_error', message: 'x' }, 'server'],
    [{ code: 'image_content_policy_violation' }, 'content_filter'],
    [{ code: 'image_too_large' }, 'invalid_request'],
    [{ type: 'overloaded_error' }, 'server'],
    [{ message: 'nobody knows' }, 'server'],
    ['a text', 'server'],
  ])('with the error %j', (error, outcome) => {
    expect(outcomeOfResponse({ finishReason: 'stop', error })).toBe(outcome);
  });
});

test.each<[number, AiOutcome]>([
  [200, 'ok'],
  [204, 'ok'],
  [304, 'ok'],
  [400, 'invalid_request'],
  [401, 'auth'],
  [402, 'quota'],
  [403, 'auth'],
  [404, 'invalid_request'],
  [408, 'timeout'],
  [409, 'invalid_request'],
  [413, 'invalid_request'],
  [424, 'server'],
  [429, 'rate_limited'],
  [499, 'aborted'],
  [500, 'server'],
  [503, 'server'],
  [504, 'timeout'],
  [529, 'server'],
  [0, 'other'],
  [NaN, 'other'],
  [600, 'other'],
])('the status %d alone is %s', (status, outcome) => {
  expect(outcomeOfStatus(status)).toBe(outcome);
});

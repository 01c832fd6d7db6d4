import { SightlineError } from './errors.js';
import { redact } from './redact.js';

/**
 * What Sightline needs of `fetch`. The global one fits, and so do undici's (with a proxy agent) and node-fetch's.
 *
 * @example proxied
 * import { fetch, ProxyAgent } from 'undici';
 * const dispatcher = new ProxyAgent('http://proxy:3128');
 * dingTalk({ webhookUrl, fetch: (url, init) => fetch(url, { ...init, dispatcher }) });
 */
export type FetchLike = (url: string, init: FetchInit) => Promise<FetchResponse>;

export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  /** Redirects are not followed: the address holds a secret, which the next host must not learn. */
  redirect: 'manual';
  signal?: AbortSignal;
}

export interface FetchResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** A web stream or a Node stream; `text()` is asked where it is neither. */
  readonly body?: unknown;
  text(): Promise<string>;
}

/** Headers of an answer; names in any case. */
export interface HttpHeaders {
  get(name: string): string | null;
}

export interface HttpRequest {
  /** Default: POST with a body, GET without. */
  readonly method?: string;
  /** Sent as it is; say what it is in `content-type`. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the global `fetch`, asked for at each request. */
  readonly fetch?: FetchLike | undefined;
  /** Ends the request. Without it only the system's own timeouts do. */
  readonly signal?: AbortSignal | undefined;
  /** How much of the answer is read; the rest is dropped. Default: 64 KiB. */
  readonly maxBytes?: number;
  /** Secrets of headers and body, which an error page may repeat; those of the URL are known. */
  readonly secrets?: readonly string[];
}

export interface PostRequest extends Omit<HttpRequest, 'method' | 'body'> {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as `application/x-www-form-urlencoded`, in place of `body`. */
  readonly form?: Readonly<Record<string, string>> | undefined;
}

/** An answer of any status. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** The body, cut after `maxBytes`. */
  readonly text: string;
  /** The body, parsed; `undefined` where it isn't JSON, or was cut. */
  readonly json: unknown;
  /** Makes a text of the answer fit to be shown: one line, the request's secrets masked, at most 200 characters. */
  safe(this: void, text: string): string;
}

/** What kept a request from being answered. */
export type RequestFailure = 'dns' | 'refused' | 'unreachable' | 'reset' | 'tls' | 'timeout' | 'aborted' | 'invalid' | 'network';

/** A request without an answer. It names the host, never the path or the query: those hold the secrets of webhooks. */
export class HttpRequestError extends SightlineError {
  readonly failure: RequestFailure;

  constructor(method: string, url: string, failure: RequestFailure, detail: string | undefined) {
    super('SIGHTLINE_HTTP_REQUEST', `${method} ${hostOf(url)}: ${WORDS[failure]}${detail === undefined ? '' : ` (${detail})`}`);
    this.name = 'HttpRequestError';
    this.failure = failure;
  }
}

const WORDS: Readonly<Record<RequestFailure, string>> = {
  dns: 'the host name was not found',
  refused: 'the connection was refused',
  unreachable: 'the host was not reached',
  reset: 'the connection was closed before the answer',
  tls: 'the TLS connection failed',
  timeout: 'no answer in time',
  aborted: 'ended before the answer',
  invalid: 'this is not a URL that can be asked',
  network: 'the request failed',
};

const MAX_BYTES = 65_536;
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Sends a request and reads its answer, of any status.
 * @throws HttpRequestError where there is no answer
 */
export async function requestText(url: string, request: HttpRequest = {}): Promise<HttpAnswer> {
  const { body, signal, maxBytes = MAX_BYTES, secrets = [] } = request;
  const method = request.method ?? (body === undefined ? 'GET' : 'POST');
  try {
    signal?.throwIfAborted();
    const exchange = ask(request.fetch ?? fetch, url, maxBytes, {
      method,
      headers: { 'user-agent': 'sightline', ...request.headers },
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    // A given `fetch` may not know the signal.
    const { status, headers, text, isWhole } = await untilAborted(exchange, signal);
    return { status, headers, text, json: isWhole ? parsed(text) : undefined, safe: part => masked(part, url, secrets) };
  } catch (error) {
    const failure = failureOf(error, url, signal);
    throw new HttpRequestError(method, url, failure.kind, failure.detail);
  }
}

/**
 * Sends JSON, or a form, and reads the answer.
 * @throws HttpRequestError where there is no answer
 */
export async function postJson(url: string, request: PostRequest): Promise<HttpAnswer> {
  const { body, form, headers, ...rest } = request;
  const [type, text] =
    form === undefined ? ['application/json', JSON.stringify(body)] : ['application/x-www-form-urlencoded', new URLSearchParams(form).toString()];
  return requestText(url, { ...rest, method: 'POST', body: text, headers: { 'content-type': `${type};charset=utf-8`, accept: 'application/json', ...headers } });
}

/**
 * How long an answer asks to wait by `Retry-After`, in seconds or as an HTTP date; at most an hour, because a wrong
 * header must not silence a channel for a year.
 *
 * @param now milliseconds since the epoch
 * @returns `undefined` without the header, and for one that is neither
 */
export function retryAfterMs(headers: HttpHeaders, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? '';
  const wait = /^\d{1,12}(?:\.\d{1,6})?$/.test(value) ? Number(value) * 1_000 : /^[A-Z][a-z]{2,8}, .{1,30} GMT$/.test(value) ? Date.parse(value) - now : NaN;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(Math.ceil(wait), 0), LONGEST_WAIT_MS);
}

interface Exchange {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly text: string;
  readonly isWhole: boolean;
}

async function ask(send: FetchLike, url: string, maxBytes: number, init: FetchInit): Promise<Exchange> {
  const response = await send(url, init);
  return { status: response.status, headers: response.headers, ...(await readText(response, maxBytes)) };
}

/** Reads at most `maxBytes`; what is cut ends with a whole character. */
async function readText(response: FetchResponse, maxBytes: number): Promise<Pick<Exchange, 'text' | 'isWhole'>> {
  const { body } = response;
  if (!isStream(body)) {
    const text = body === null ? '' : await response.text();
    const bytes = Buffer.from(text);
    return { text: cutToBytes(bytes, maxBytes), isWhole: bytes.length <= maxBytes };
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the stream, and with it the rest of the answer.
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > maxBytes) break;
  }
  return { text: cutToBytes(Buffer.concat(chunks), maxBytes), isWhole: size <= maxBytes };
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

function cutToBytes(bytes: Uint8Array, maxBytes: number): string {
  // With `stream`, the decoder keeps back an unfinished character at the end.
  return new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: bytes.length > maxBytes });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

/** Names by which Node and undici call what went wrong, as beginnings. */
const FAILURES: readonly (readonly [string, RequestFailure])[] = [
  ['ENOTFOUND', 'dns'],
  ['EAI_', 'dns'],
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['ECONNRESET', 'reset'],
  ['ECONNABORTED', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['CERT_', 'tls'],
  ['ERR_TLS_', 'tls'],
  ['ERR_SSL_', 'tls'],
  ['EPROTO', 'tls'],
  ['SELF_SIGNED_CERT', 'tls'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['UNABLE_TO_', 'tls'],
  ['ERR_INVALID_URL', 'invalid'],
];

/** Says what went wrong by codes alone: messages hold the URL. */
function failureOf(error: unknown, url: string, signal: AbortSignal | undefined): { kind: RequestFailure; detail?: string } {
  if (signal?.aborted) return { kind: nameOf(signal.reason) === 'TimeoutError' ? 'timeout' : 'aborted' };
  if (!URL.canParse(url)) return { kind: 'invalid' };
  let cause = error;
  for (let depth = 0; depth < 5 && typeof cause === 'object' && cause !== null; depth++) {
    const { code, cause: next, errors } = cause as { code?: unknown; cause?: unknown; errors?: unknown };
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code)) {
      return { kind: FAILURES.find(([start]) => code.startsWith(start))?.[1] ?? 'network', detail: code };
    }
    cause = next ?? (Array.isArray(errors) ? (errors as unknown[])[0] : undefined);
  }
  if (nameOf(error) === 'TimeoutError') return { kind: 'timeout' };
  return { kind: nameOf(error) === 'AbortError' ? 'aborted' : 'network' };
}

function nameOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an unreadable URL';
}

const SHOWN_LENGTH = 200;

function masked(text: string, url: string, secrets: readonly string[]): string {
  // Before anything else is done to it: a server may send 64 KiB.
  let safe = text.slice(0, SHOWN_LENGTH * 10);
  for (const secret of [...secretsOf(url), ...secrets.filter(Boolean)]) safe = safe.replaceAll(secret, '[redacted]');
  // eslint-disable-next-line no-control-regex -- an answer may hold any
  return redact(safe.replace(/[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim(), SHOWN_LENGTH);
}

/** Values of the query, as they stand there and decoded, and parts of the path that are no words. */
function secretsOf(url: string): string[] {
  const { pathname, search, searchParams } = new URL(url);
  const raw = search.split('&').map(pair => pair.slice(pair.indexOf('=') + 1));
  const values = [...raw, ...searchParams.values()].filter(value => value.length >= 6);
  const segments = pathname.split('/').filter(part => part.length >= 16 || (part.length >= 8 && /\d/.test(part)));
  return [...new Set([...values, ...segments])].sort((a, b) => b.length - a.length);
}

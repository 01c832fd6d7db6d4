import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Diagnostics } from '../core/diagnostics.js';
import { InvalidOptionError, NOT_SHOWN } from '../core/errors.js';
import type { Metrics } from '../metrics/metrics.js';
import type { MetricRegistry } from '../metrics/registry.js';
import { renderRegistry, type ExpositionFormat } from '../metrics/render.js';
import { Exposition, lengthOf, sendPages } from './exposition.js';
import { acceptsGzip, negotiateFormat } from './negotiate.js';

/** Who may scrape. Without either option everyone who reaches the endpoint may. */
export interface MetricsAccess {
  /** A secret that must come as `Authorization: Bearer …` (Prometheus: `authorization.credentials`). */
  readonly bearerToken?: string;
  /** Decides by the request; `false`, or a throw, answers 403. */
  readonly authorize?: (request: IncomingMessage) => boolean | Promise<boolean>;
}

/** Ready values for {@link MetricsEndpoint}. */
export interface MetricsEndpointParts {
  readonly registry: MetricRegistry;
  readonly metrics: Metrics;
  readonly diagnostics: Diagnostics;
  readonly access: MetricsAccess;
}

const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};
/** Names in `?name[]=`; more are a mistake, or an attack on the cache below. */
const NAMES_LIMIT = 1_000;

/**
 * Checks who may scrape. An option that is there but `undefined` is refused: a token read from an environment
 * variable that is not set would otherwise leave the endpoint open without a word.
 *
 * @throws InvalidOptionError for a token that is no text, and for an `authorize` that is no function
 */
export function checkAccess(access: MetricsAccess): void {
  const { bearerToken, authorize } = access;
  if ('bearerToken' in access && (typeof bearerToken !== 'string' || bearerToken.trim() === '')) {
    const given = bearerToken === undefined ? 'it is undefined; ' : '';
    throw new InvalidOptionError('bearerToken', NOT_SHOWN, `${given}expected a string that is not empty (leave the option out to let everyone scrape)`);
  }
  if ('authorize' in access && typeof authorize !== 'function') {
    throw new InvalidOptionError('authorize', authorize, 'a function of the request (leave the option out to let everyone scrape)');
  }
}

/** Answers scrapes of a registry. Framework-free: it needs Node's request and response only. */
export class MetricsEndpoint {
  readonly #parts: MetricsEndpointParts;
  readonly #tokenHash: Buffer | undefined;
  /** Scrapes under way, by format and names: those that come meanwhile share the result. */
  readonly #running = new Map<string, Promise<Exposition>>();

  /** @throws InvalidOptionError for what {@link checkAccess} refuses */
  constructor(parts: MetricsEndpointParts) {
    const { bearerToken } = parts.access;
    checkAccess(parts.access);
    this.#parts = parts;
    this.#tokenHash = bearerToken === undefined ? undefined : hash(bearerToken);
  }

  /** Answers one request. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#answer(request, response);
    } catch (error) {
      this.#parts.diagnostics.fault('metrics', 'a scrape failed', error);
      if (!response.headersSent) refuse(response, 500, 'The metrics could not be rendered; see the log.');
      else response.destroy();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      refuse(response, 405, 'Metrics are read with GET or HEAD.');
      return;
    }
    if (!this.#hasToken(request)) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      refuse(response, 401, 'A valid bearer token is needed.');
      return;
    }
    if (!(await this.#isAuthorized(request))) {
      refuse(response, 403, 'Not allowed.');
      return;
    }
    const names = namesOf(request);
    if (names && names.size > NAMES_LIMIT) {
      refuse(response, 400, `At most ${NAMES_LIMIT} names can be asked for.`);
      return;
    }
    const format = negotiateFormat(request.headers.accept);
    const exposition = await this.#render(format, names);
    const compress = acceptsGzip(request.headers['accept-encoding']);
    const pages = await exposition.pages(compress);
    response.setHeader('Content-Type', CONTENT_TYPES[format]);
    response.setHeader('Vary', 'Accept, Accept-Encoding');
    response.setHeader('Cache-Control', 'no-store');
    if (compress) response.setHeader('Content-Encoding', 'gzip');
    response.setHeader('Content-Length', lengthOf(pages));
    response.statusCode = 200;
    await sendPages(response, request.method === 'HEAD' ? [] : pages);
  }

  #hasToken(request: IncomingMessage): boolean {
    if (this.#tokenHash === undefined) return true;
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    // Hashes have one length, so comparing them tells nothing of the token's.
    return scheme?.toLowerCase() === 'bearer' && token !== undefined && timingSafeEqual(hash(token), this.#tokenHash);
  }

  async #isAuthorized(request: IncomingMessage): Promise<boolean> {
    const { authorize } = this.#parts.access;
    if (authorize === undefined) return true;
    try {
      return (await authorize(request)) === true;
    } catch (error) {
      this.#parts.diagnostics.fault('metrics', '`authorize` failed, so the scrape was refused', error);
      return false;
    }
  }

  #render(format: ExpositionFormat, names: ReadonlySet<string> | undefined): Promise<Exposition> {
    // As JSON, for a name may hold whatever would stand between two.
    const key = names ? format + JSON.stringify([...names].sort()) : format;
    let running = this.#running.get(key);
    if (running === undefined) {
      running = this.#renderNow(format, names).finally(() => {
        this.#running.delete(key);
      });
      this.#running.set(key, running);
    }
    return running;
  }

  async #renderNow(format: ExpositionFormat, names: ReadonlySet<string> | undefined): Promise<Exposition> {
    const { registry, metrics, diagnostics } = this.#parts;
    metrics.sweep();
    const pages = await renderRegistry(registry, {
      format,
      names,
      onFault: (name, error) => {
        diagnostics.fault('metrics', `\`${name}\` could not be read`, error);
      },
    });
    return new Exposition(pages);
  }
}

function refuse(response: ServerResponse, statusCode: number, message: string): void {
  response.statusCode = statusCode;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`${message}\n`);
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The families asked for by `?name[]=a&name[]=b`; `undefined` for all. */
function namesOf(request: IncomingMessage): ReadonlySet<string> | undefined {
  const query = (request.url ?? '').split('?', 2)[1];
  if (!query) return undefined;
  const names = new URLSearchParams(query).getAll('name[]');
  return names.length > 0 ? new Set(names) : undefined;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { isSightlineError, type InvalidOptionError } from '../../core/errors.js';
import type { Alerts } from '../alerts.js';
import { checkAlertsAccess, visitorOf, type AlertsAccess } from './access.js';
import { alertmanagerApi } from './alertmanager-api.js';
import { alertmanagerWebhook } from './alertmanager-webhook.js';
import { ApiError, ClientGoneError, messageForSender } from './api-error.js';
import { jsonApi } from './json-api.js';
import { LinkPages } from './link-pages.js';
import { readJson } from './request-body.js';
import { sendReply, type Reply } from './reply.js';
import { findRoute, type Route } from './routes.js';

/** Enough for an alert with all the labels and annotations that are kept. */
const MOST_BYTES = 65_536;
const LINKS = '/links/';
const ALERTMANAGER = '/api/v2/';

/** What a framework has to say of a request. */
export interface RequestFacts {
  /** What a body parser of the app has made of the body, if one has read it. */
  readonly parsed?: unknown;
  /** The path under the mount, with its query. Default: the request's. */
  readonly url?: string;
  /** What `authorize` is given. Default: the request. */
  readonly subject?: unknown;
}

/** Serves alerts over HTTP. Framework-free: it needs Node's request and response only. */
export class AlertsEndpoint {
  readonly #alerts: Alerts;
  readonly #access: AlertsAccess;
  readonly #routes: readonly Route[];
  readonly #links: LinkPages | undefined;

  /** @throws InvalidOptionError without an `authorize` */
  constructor(alerts: Alerts, access: AlertsAccess) {
    checkAlertsAccess(access);
    this.#alerts = alerts;
    this.#access = access;
    this.#routes = [...jsonApi(alerts), ...alertmanagerApi(alerts), alertmanagerWebhook(alerts)];
    const { links } = alerts.parts;
    this.#links = links && new LinkPages(alerts, links);
  }

  /** Answers one request. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse, facts: RequestFacts = {}): Promise<void> {
    const { diagnostics } = this.#alerts.parts;
    try {
      const reply = await this.#answer(request, facts);
      if (!response.headersSent) sendReply(request, response, reply);
    } catch (error) {
      if (error instanceof ClientGoneError) return;
      diagnostics.fault('alerts', 'a request could not be answered', error);
      if (response.headersSent) response.destroy();
      else sendReply(request, response, { status: 500, body: { error: 'The request failed; see the log.' } });
    }
  }

  async #answer(request: IncomingMessage, { parsed, url = request.url ?? '', subject = request }: RequestFacts): Promise<Reply> {
    const at = url.indexOf('?');
    const path = at < 0 ? url : url.slice(0, at);
    if (this.#links !== undefined && path.startsWith(LINKS)) return this.#links.answer(request, path.slice(LINKS.length), parsed);

    // Before all else: who may not ask is not even told what there is to ask for.
    const visitor = await visitorOf(subject, this.#access, this.#alerts.parts.diagnostics);
    const isAlertmanagers = path.startsWith(ALERTMANAGER);
    const refuse = ({ status, message, headers }: ApiError): Reply => ({ status, headers, body: isAlertmanagers ? { code: status, message } : { error: message } });
    if (visitor === undefined) return refuse(new ApiError(403, 'Not allowed.'));

    const found = findRoute(this.#routes, request.method ?? '', path);
    if (found === undefined) return refuse(new ApiError(404, 'There is nothing under this path.'));
    const { route, params, methods } = found;
    const allow = { Allow: methods.join(', ') };
    if (request.method === 'OPTIONS') return { status: 204, headers: allow };
    if (route === undefined) return refuse(new ApiError(405, `This path takes ${methods.join(', ')}.`, allow));
    try {
      const body = route.method === 'POST' ? await this.#bodyOf(request, parsed, route) : undefined;
      return await route.handle({ params, query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)), body, user: visitor.user });
    } catch (error) {
      return this.#failure(error, isAlertmanagers);
    }
  }

  #bodyOf(request: IncomingMessage, parsed: unknown, { maxBytes = MOST_BYTES }: Route): Promise<unknown> {
    return readJson(request, { parsed, maxBytes, clock: this.#alerts.parts.clock });
  }

  /** What can be told of an error: what we have said on purpose. */
  #failure(error: unknown, isAlertmanagers: boolean): Reply {
    if (error instanceof ClientGoneError) throw error;
    // There, an error is a text.
    const reply = (status: number, message: string, more: object = {}): Reply => ({ status, body: isAlertmanagers ? message : { error: message, ...more } });
    if (error instanceof ApiError) {
      if (error.status === 500) this.#alerts.parts.diagnostics.notice('alerts', error.message);
      return { ...reply(error.status, error.message), headers: error.headers };
    }
    if (isSightlineError(error)) {
      if (error.code === 'SIGHTLINE_INVALID_OPTION') return reply(400, messageForSender(error), { path: (error as InvalidOptionError).option });
      this.#alerts.parts.diagnostics.fault('alerts', 'a request could not be served', error);
      return reply(503, error.message);
    }
    this.#alerts.parts.diagnostics.fault('alerts', 'a request could not be served', error);
    return reply(500, 'The request failed; see the log.');
  }
}

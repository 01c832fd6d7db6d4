import type { IncomingMessage } from 'node:http';
import { actorOf, type AckLinks, type Link } from '../ack-links.js';
import type { Alert } from '../alert.js';
import type { Alerts } from '../alerts.js';
import { cleanLine } from '../templates/clean-text.js';
import { ApiError } from './api-error.js';
import { pageHeaders, pageOf } from './link-html.js';
import { linkTexts, type LinkTexts } from './link-texts.js';
import { readForm } from './request-body.js';
import type { Reply } from './reply.js';

const MOST_BYTES = 4_096;
const LONGEST_NAME = 80;

/**
 * The pages behind the links of notifications. To get one changes nothing: programs that show previews of links, or look
 * into them for viruses, get all they see. Its button acts.
 */
export class LinkPages {
  readonly #alerts: Alerts;
  readonly #links: AckLinks;

  constructor(alerts: Alerts, links: AckLinks) {
    this.#alerts = alerts;
    this.#links = links;
  }

  /** @param token the last part of the link's path */
  async answer(request: IncomingMessage, token: string, parsed: unknown): Promise<Reply> {
    const texts = linkTexts(request.headers['accept-language']);
    const notice = (status: number, text: string, headers = {}): Reply => ({ status, body: pageOf(texts, { text }), headers: { ...pageHeaders, ...headers } });
    const { method } = request;
    if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return notice(405, texts.useButton, { Allow: 'GET, HEAD, POST' });
    try {
      const link = this.#links.read(token);
      if (link === undefined) return notice(404, texts.unknown);
      // Read before the alert is: it may take its time, and then the alert is another one.
      const name = method === 'POST' ? await this.#nameIn(request, parsed, texts) : '';
      const alert = await this.#alerts.get(link.alertId);
      const death = this.#links.deathOf(link, alert);
      if (death !== undefined) return notice(410, texts[death]);
      if (method !== 'POST') return { status: 200, body: pageOf(texts, { alert: alert as Alert, action: link.action }), headers: pageHeaders };
      if ((await this.#act(link, actorOf(link, name))) === undefined) return notice(410, texts.used);
      return notice(200, texts.done[link.action]);
    } catch (error) {
      if (error instanceof ApiError) return notice(error.status, error.message, error.headers);
      throw error;
    }
  }

  #act({ action, alertId }: Link, by: string): Promise<Alert | undefined> {
    return action === 'acknowledge' ? this.#alerts.acknowledge(alertId, by) : this.#alerts.resolve(alertId, by);
  }

  async #nameIn(request: IncomingMessage, parsed: unknown, texts: LinkTexts): Promise<string> {
    const { name } = await readForm(request, { parsed, maxBytes: MOST_BYTES, clock: this.#alerts.parts.clock });
    return cleanLine(name).slice(0, LONGEST_NAME).trim() || texts.somebody;
  }
}

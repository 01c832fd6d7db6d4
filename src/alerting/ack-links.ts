import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import { parseDuration, type Duration } from '../core/duration.js';
import { InvalidOptionError, NOT_SHOWN } from '../core/errors.js';
import { checkOptions, type OptionRule } from '../core/options.js';
import { isActive, type Alert } from './alert.js';
import type { AlertLinks } from './notification.js';

/** Links in notifications by which an alert is acknowledged or resolved, without signing in. */
export interface LinksOptions {
  /** Where `serveAlerts()` is reached from outside: `https://app.example.com/alerting`. */
  readonly baseUrl: string;
  /** What they are signed with, at least 16 characters; the same in all processes. A new one ends all links. */
  readonly secret: string;
  /** Default: `24h`. */
  readonly expiresIn?: Duration;
}

export type LinkAction = 'acknowledge' | 'resolve';

/** What a link stands for. */
export interface Link {
  readonly action: LinkAction;
  readonly alertId: string;
  /** When the alert's episode began, and when the link was made; in milliseconds. */
  readonly episode: number;
  readonly madeAt: number;
  /** Names the link, and tells nothing of its signature. */
  readonly tag: string;
}

/** Why a link does nothing any more. */
export type DeadLink = 'expired' | 'used' | 'acknowledged' | 'resolved' | 'gone';

const LEAST_SECRET = 16;
const LETTERS: Readonly<Record<LinkAction, string>> = { acknowledge: 'a', resolve: 'r' };
/** Action, alert, episode, time of making, signature. */
const FORM = /^([ar])\.([0-9a-f]{16})\.(-?[0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([\w-]{43})$/;
const anything: OptionRule = { allowed: '', accepts: () => true };
const RULES: Readonly<Record<keyof LinksOptions, OptionRule>> = { baseUrl: anything, secret: anything, expiresIn: anything };

/** Makes links and reads them. Nothing is kept of them: what a link says is signed, and whether it was used stands on the alert. */
export class AckLinks {
  readonly #baseUrl: string;
  readonly #key: Buffer;
  readonly #expiresInMs: number;
  readonly #clock: Clock;

  /** @throws InvalidOptionError naming the option, without the secret */
  constructor(options: LinksOptions, clock: Clock, option = 'alerts.links') {
    checkOptions(option, options, RULES);
    const { baseUrl, secret, expiresIn = '24h' } = options;
    if (!isBaseUrl(baseUrl)) throw new InvalidOptionError(`${option}.baseUrl`, baseUrl, "a URL such as 'https://app.example.com/alerting', without a query");
    if (typeof secret !== 'string' || secret.trim().length < LEAST_SECRET) {
      throw new InvalidOptionError(`${option}.secret`, NOT_SHOWN, `expected a text of at least ${LEAST_SECRET} characters, such as \`openssl rand -hex 32\` gives`);
    }
    this.#expiresInMs = parseDuration(expiresIn, `${option}.expiresIn`);
    if (this.#expiresInMs === 0) throw new InvalidOptionError(`${option}.expiresIn`, expiresIn, 'a duration that is not 0');
    this.#baseUrl = baseUrl.replace(/\/+$/, '');
    this.#key = createHmac('sha256', secret).update('sightline alert links').digest();
    this.#clock = clock;
  }

  /** The links of an alert as it is now: none where there is nothing left to do. */
  linksOf(alert: Alert): AlertLinks {
    if (!isActive(alert)) return {};
    return { ...(alert.status !== 'acknowledged' && { acknowledge: this.#urlOf('acknowledge', alert) }), resolve: this.#urlOf('resolve', alert) };
  }

  /** What the last part of a link's path stands for; `undefined` for what we have not made. */
  read(token: string): Link | undefined {
    const [, letter, alertId = '', episode = '', madeAt = '', given = ''] = FORM.exec(token) ?? [];
    if (letter === undefined) return undefined;
    const payload = token.slice(0, token.lastIndexOf('.'));
    const signature = this.#sign(payload);
    if (!timingSafeEqual(signature, Buffer.from(given, 'base64url'))) return undefined;
    return {
      action: letter === LETTERS.acknowledge ? 'acknowledge' : 'resolve',
      alertId,
      episode: Number.parseInt(episode, 36),
      madeAt: Number.parseInt(madeAt, 36),
      tag: signature.toString('hex', 0, 4),
    };
  }

  /** Why a link does nothing any more; `undefined` where it does. @param alert the one it names, as it is now */
  deathOf({ action, episode, madeAt, tag }: Link, alert: Alert | undefined): DeadLink | undefined {
    if (madeAt + this.#expiresInMs <= this.#clock.now()) return 'expired';
    if (alert === undefined) return 'gone';
    if (alert.history.some(({ by }) => by?.endsWith(signedBy(tag)))) return 'used';
    const since = alert.history.filter(({ at }) => at.getTime() > madeAt);
    // In an episode its beginning is moved to the past only, by what tells of the alert later.
    const isOver = !isActive(alert) || alert.timestamp.getTime() > episode || since.some(({ event }) => event === 'reopened');
    if (isOver) return 'resolved';
    // Acknowledged since, and unacknowledged: whoever did that did not mean a link of before.
    const isAcknowledged = alert.status === 'acknowledged' || since.some(({ event }) => event === 'acknowledged');
    return action === 'acknowledge' && isAcknowledged ? 'acknowledged' : undefined;
  }

  #urlOf(action: LinkAction, { id, timestamp }: Alert): string {
    const payload = [LETTERS[action], id, timestamp.getTime().toString(36), this.#clock.now().toString(36)].join('.');
    return `${this.#baseUrl}/links/${payload}.${this.#sign(payload).toString('base64url')}`;
  }

  #sign(payload: string): Buffer {
    return createHmac('sha256', this.#key).update(payload).digest();
  }
}

/** Under whose name a link acts: it marks the link as used. @param name as somebody has given it */
export function actorOf({ tag }: Link, name: string): string {
  return `${name}${signedBy(tag)}`;
}

function signedBy(tag: string): string {
  return ` (link ${tag})`;
}

function isBaseUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, search, hash, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && search === '' && hash === '' && username === '' && password === '';
}

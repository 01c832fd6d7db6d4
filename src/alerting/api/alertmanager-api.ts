import { InvalidOptionError } from '../../core/errors.js';
import type { Labels } from '../alert.js';
import type { Alerts } from '../alerts.js';
import { labelPattern } from '../routing/label-pattern.js';
import { matchesAll, parseMatcher, type Matcher } from '../routing/matcher.js';
import { record, text } from '../routing/yaml-reader.js';
import type { FiredAlert, Silence } from '../stores/alert-store.js';
import { canBecome, gettableSilence, inOrder, readPostedSilence } from './alertmanager-silence.js';
import { AlertmanagerView, type ViewFilter } from './alertmanager-view.js';
import { ApiError } from './api-error.js';
import { labels, timeIfAny } from './input.js';
import { known } from './known-fields.js';
import { matchersOf } from './silence-input.js';
import type { Route } from './routes.js';
import { complaintText, firedAlertOf, receiveAll } from './told-alert.js';

/** Prometheus sends 64 alerts at once, each with whatever its annotations hold. */
const MOST_BYTES = 2 * 1_048_576;
/** The Alertmanager whose API this is. Clients choose by it what they ask for. */
const VERSION = '0.25.0';

/**
 * Alertmanager's API, version 2, so that a Prometheus can send its alerts here, and `amtool` can ask for them.
 * Source: https://github.com/prometheus/alertmanager/blob/v0.25.0/api/v2/openapi.yaml
 */
export function alertmanagerApi(alerts: Alerts): readonly Route[] {
  const { parts } = alerts;
  const { store, dispatcher } = parts;
  const now = (): Date => new Date(parts.clock.now());
  const startedAt = now();

  async function silenceOf(id: string): Promise<Silence | undefined> {
    return (await store.silences()).find(silence => silence.id === id);
  }

  return [
    {
      method: 'GET',
      path: '/api/v2/status',
      handle: () => ({
        status: 200,
        body: {
          cluster: { peers: [], status: 'disabled' },
          config: { original: '# Sightline has no such file: its routes are options of the app.\n' },
          uptime: startedAt,
          versionInfo: { branch: 'sightline', buildDate: '', buildUser: '', goVersion: '', revision: '', version: VERSION },
        },
      }),
    },
    {
      method: 'GET',
      path: '/api/v2/receivers',
      handle: () => ({ status: 200, body: [...new Set(parts.routes.routes.map(({ receiver }) => receiver))].map(name => ({ name })) }),
    },

    {
      method: 'GET',
      path: '/api/v2/alerts',
      handle: async ({ query }) => {
        const filter = readFilter(query);
        return { status: 200, body: await (await AlertmanagerView.of(parts)).alerts(filter) };
      },
    },
    {
      method: 'GET',
      path: '/api/v2/alerts/groups',
      handle: async ({ query }) => {
        const filter = readFilter(query);
        return { status: 200, body: await (await AlertmanagerView.of(parts)).groups(filter) };
      },
    },
    {
      method: 'POST',
      path: '/api/v2/alerts',
      maxBytes: MOST_BYTES,
      handle: async ({ body }) => {
        if (!Array.isArray(body)) throw new InvalidOptionError('body', body, 'a list of alerts');
        const { complaints } = await receiveAll(alerts, body as unknown[], (each, i) => readPosted(each, `[${i}]`, { now: now(), resolveTimeoutMs: parts.resolveTimeoutMs }));
        if (complaints.length > 0) throw new ApiError(400, complaintText(complaints));
        return { status: 200 };
      },
    },

    {
      method: 'GET',
      path: '/api/v2/silences',
      handle: async ({ query }) => {
        const matchers = readMatchers(query);
        const silences = (await store.silences()).filter(silence => matchesAll(matchers, valuesOf(matchersOf(silence) ?? [])));
        return { status: 200, body: inOrder(silences, now()).map(silence => gettableSilence(silence, now())) };
      },
    },
    {
      method: 'POST',
      path: '/api/v2/silences',
      handle: async ({ body, user }) => {
        const posted = readPostedSilence(body, now());
        const createdBy = user ?? posted.createdBy;
        const before = posted.id === undefined ? undefined : await silenceOf(posted.id);
        if (posted.id !== undefined && before === undefined) throw new ApiError(404, 'silence not found');
        if (before !== undefined && canBecome(before, posted, now())) {
          const { startsAt, endsAt, comment } = posted;
          await store.putSilence({ ...before, startsAt, endsAt, createdBy, comment, updatedAt: now() });
          await dispatcher.reconsiderAll();
          return { status: 200, body: { silenceID: before.id } };
        }
        // As there: a silence begins now at the earliest.
        const startsAt = posted.startsAt < now() ? now() : posted.startsAt;
        const { matchers, comment, endsAt } = posted;
        const silence = await alerts.silences.create({ matchers, comment, createdBy, startsAt, duration: endsAt.getTime() - startsAt.getTime() });
        // After it: between the two, nothing is to be notified.
        if (before !== undefined) await alerts.silences.expire(before.id);
        return { status: 200, body: { silenceID: silence.id } };
      },
    },
    {
      method: 'GET',
      path: '/api/v2/silence/:id',
      handle: async ({ params: [id = ''] }) => {
        const silence = await silenceOf(id);
        return silence === undefined ? { status: 404 } : { status: 200, body: gettableSilence(silence, now()) };
      },
    },
    {
      method: 'DELETE',
      path: '/api/v2/silence/:id',
      handle: async ({ params: [id = ''] }) => {
        if ((await silenceOf(id)) === undefined) throw new ApiError(404, 'silence not found');
        // One that is over is over.
        await alerts.silences.expire(id);
        return { status: 200 };
      },
    },
  ];
}

const FIELDS = ['labels', 'annotations', 'startsAt', 'endsAt', 'generatorURL'];

/** One of Prometheus's alerts; what it leaves out is filled in as Alertmanager does. */
function readPosted(value: unknown, path: string, { now, resolveTimeoutMs }: { now: Date; resolveTimeoutMs: number }): FiredAlert {
  const posted = record<{ labels: Labels; annotations: Labels; startsAt: Date | null; endsAt: Date | null; generatorURL: string }>({
    labels,
    annotations: labels,
    startsAt: timeIfAny,
    endsAt: timeIfAny,
    generatorURL: text,
  })(known(value, path, FIELDS), path);
  const told = { labels: posted.labels ?? {}, annotations: posted.annotations ?? {}, generatorUrl: posted.generatorURL === '' ? undefined : posted.generatorURL };
  const startsAt = posted.startsAt ?? posted.endsAt ?? now;
  return firedAlertOf({ ...told, startsAt, endsAt: posted.endsAt ?? new Date(now.getTime() + resolveTimeoutMs) }, now);
}

function readFilter(query: URLSearchParams): ViewFilter {
  const receiver = query.get('receiver');
  return {
    matchers: readMatchers(query),
    active: readFlag(query, 'active'),
    silenced: readFlag(query, 'silenced'),
    inhibited: readFlag(query, 'inhibited'),
    receiver: receiver === null || receiver === '' ? () => true : receiverPattern(receiver),
  };
}

function receiverPattern(expression: string): (name: string) => boolean {
  try {
    return labelPattern(expression);
  } catch (error) {
    throw new ApiError(400, `failed to parse receiver param: ${(error as Error).message}`);
  }
}

function readMatchers(query: URLSearchParams): readonly Matcher[] {
  return query.getAll('filter').map(each => parseMatcher(each, '?filter'));
}

/** What it may be for Go's clients, too. */
function readFlag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name) ?? 'true';
  if (!['true', 'false', '1', '0'].includes(value)) throw new InvalidOptionError(`?${name}`, value, 'true or false');
  return value === 'true' || value === '1';
}

/** What a silence's matchers look for, as if these were labels. */
function valuesOf(matchers: readonly Matcher[]): Labels {
  return Object.fromEntries(matchers.map(({ name, value }) => [name, value]));
}

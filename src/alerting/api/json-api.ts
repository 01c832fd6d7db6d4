import { InvalidOptionError, NOT_SHOWN } from '../../core/errors.js';
import { parseDuration } from '../../core/duration.js';
import type { Alert } from '../alert.js';
import type { Alerts } from '../alerts.js';
import { required } from '../routing/yaml-reader.js';
import { SEVERITIES, type AlertSeverity } from '../severity.js';
import { MOST_WINDOWS, type AlertFilter, type Silence } from '../stores/alert-store.js';
import { ApiError } from './api-error.js';
import { readAlert, readSilence, readUser, readWindow } from './input.js';
import type { Reply } from './reply.js';
import type { Call, Route } from './routes.js';
import { silenceMatchers, silenceState } from './silence-input.js';

const STATUSES = ['active', 'firing', 'acknowledged', 'suppressed', 'resolved'] as const;
const PARAMETERS = ['status', 'severity', 'source', 'matcher', 'limit', 'after'];

/** Sightline's own API of alerts. */
export function jsonApi(alerts: Alerts): readonly Route[] {
  const now = (): Date => new Date(alerts.parts.clock.now());

  async function known(id: string): Promise<Alert> {
    const alert = await alerts.get(id);
    if (alert === undefined) throw new ApiError(404, 'There is no alert of this id.');
    return alert;
  }

  /** What an action has made of an alert; where it changed nothing, why. */
  async function changed(id: string, alert: Alert | undefined, refusal: string): Promise<Reply> {
    if (alert !== undefined) return { status: 200, body: alert };
    const { status } = await known(id);
    throw new ApiError(409, `${refusal}: it is ${status}.`);
  }

  return [
    {
      method: 'GET',
      path: '/alerts',
      handle: async ({ query }) => {
        const { filter, page } = readQuery(query);
        const { items, next } = await alerts.list(filter, page);
        // Fifty entries for each alert are too much for a list.
        return { status: 200, body: { items: items.map(({ history: _, ...alert }) => alert), next } };
      },
    },
    { method: 'POST', path: '/alerts', handle: async ({ body }) => ({ status: 200, body: await alerts.fire(readAlert(body)) }) },
    { method: 'GET', path: '/alerts/:id', handle: async ({ params: [id = ''] }) => ({ status: 200, body: await known(id) }) },
    {
      method: 'GET',
      path: '/alerts/:id/explain',
      handle: async ({ params: [id = ''] }) => {
        await known(id);
        return { status: 200, body: await alerts.explain(id) };
      },
    },
    {
      method: 'POST',
      path: '/alerts/:id/acknowledge',
      handle: async ({ params: [id = ''], ...call }) =>
        changed(id, await alerts.acknowledge(id, whoActs(call, readUser(call.body))), 'The alert can not be acknowledged'),
    },
    {
      method: 'POST',
      path: '/alerts/:id/unacknowledge',
      handle: async ({ params: [id = ''], ...call }) =>
        changed(id, await alerts.unacknowledge(id, whoActs(call, readUser(call.body))), 'The alert is not acknowledged'),
    },
    {
      method: 'POST',
      path: '/alerts/:id/resolve',
      handle: async ({ params: [id = ''], ...call }) =>
        changed(id, await alerts.resolve(id, whoActs(call, readUser(call.body))), 'The alert can not be resolved'),
    },

    {
      method: 'GET',
      path: '/silences',
      handle: async () => ({ status: 200, body: { items: (await alerts.silences.list()).map(silence => withState(silence, now())) } }),
    },
    {
      method: 'POST',
      path: '/silences',
      handle: async call => {
        const { matchers, duration, startsAt = now(), endsAt, createdBy, comment } = readSilence(call.body);
        const durationMs = duration === undefined ? (endsAt as Date).getTime() - startsAt.getTime() : parseDuration(duration, 'body.duration');
        if (durationMs <= 0) throw new InvalidOptionError('body.endsAt', endsAt?.toISOString() ?? duration, 'a time after its beginning');
        if (startsAt.getTime() + durationMs <= now().getTime()) throw new InvalidOptionError('body.endsAt', endsAt?.toISOString() ?? duration, 'an end in the future');
        const silence = await alerts.silences.create({
          matchers: silenceMatchers(matchers, 'body.matchers'),
          duration: durationMs,
          startsAt,
          createdBy: whoActs(call, createdBy, 'body.createdBy'),
          ...(comment !== undefined && { comment }),
        });
        return { status: 201, body: withState(silence, now()) };
      },
    },
    {
      method: 'DELETE',
      path: '/silences/:id',
      handle: async ({ params: [id = ''] }) => {
        if (!(await alerts.silences.expire(id))) throw new ApiError(404, 'There is no silence of this id that holds or will.');
        return { status: 204 };
      },
    },

    {
      method: 'GET',
      path: '/maintenance-windows',
      handle: async () => ({ status: 200, body: { items: await alerts.maintenanceWindows.list() } }),
    },
    {
      method: 'POST',
      path: '/maintenance-windows',
      handle: async ({ body }) => {
        const window = readWindow(body);
        const names = (await alerts.maintenanceWindows.list()).map(({ name }) => name);
        if (names.includes(window.name)) throw new ApiError(409, 'There is a window of this name already: remove it first.');
        if (names.length >= MOST_WINDOWS) throw new ApiError(409, `There are ${MOST_WINDOWS} windows already: remove those that are over.`);
        await alerts.maintenanceWindows.add(window);
        return { status: 201, body: { name: window.name } };
      },
    },
    {
      method: 'DELETE',
      path: '/maintenance-windows/:name',
      handle: async ({ params: [name = ''] }) => {
        if (!(await alerts.maintenanceWindows.remove(name))) throw new ApiError(404, 'There is no maintenance window of this name.');
        return { status: 204 };
      },
    },
  ];
}

/** Who acts: by `authorize`, and only where that gives no name, by the body. */
function whoActs({ user }: Pick<Call, 'user'>, given: string | undefined, path = 'body.user'): string {
  return user ?? required(given?.trim().slice(0, 200), path, 'a name of who does it, because `authorize` gives none');
}

function withState(silence: Silence, now: Date): object {
  return { ...silence, state: silenceState(silence, now) };
}

function readQuery(query: URLSearchParams): { filter: AlertFilter; page: { limit?: number; after?: string } } {
  for (const name of query.keys()) {
    if (!PARAMETERS.includes(name)) throw new InvalidOptionError(`?${name.slice(0, 60)}`, NOT_SHOWN, `no such parameter; known here: ${PARAMETERS.join(', ')}`);
  }
  const one = (name: string, allowed?: readonly string[]): string | undefined => {
    const [value, ...more] = query.getAll(name);
    if (more.length > 0) throw new InvalidOptionError(`?${name}`, query.getAll(name), 'one value');
    if (value !== undefined && allowed?.includes(value) === false) throw new InvalidOptionError(`?${name}`, value, allowed.join(', '));
    return value;
  };
  const [status, severity, source, after, limit] = [one('status', STATUSES), one('severity', SEVERITIES), one('source'), one('after'), one('limit')];
  if (limit !== undefined && !/^(?:[1-9]\d?|[1-4]\d\d|500)$/.test(limit)) throw new InvalidOptionError('?limit', limit, 'a whole number from 1 to 500');
  const matchers = query.getAll('matcher');
  return {
    filter: {
      ...(status !== undefined && { status: status as (typeof STATUSES)[number] }),
      ...(severity !== undefined && { severity: severity as AlertSeverity }),
      ...(source !== undefined && { source }),
      ...(matchers.length > 0 && { matchers }),
    },
    page: { ...(limit !== undefined && { limit: Number(limit) }), ...(after !== undefined && { after }) },
  };
}

import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../../src/alerting/fingerprint.js';
import { HOUR, MINUTE, recordingChannel, told } from '../set-up.js';
import { testApi } from './set-up.js';

const LABELS = { alertname: 'HighLatency', severity: 'critical', job: 'api', instance: 'a:80' };
const POSTED = {
  labels: LABELS,
  annotations: { summary: 'It is slow', description: 'p99 over 2 s', runbook_url: 'https://wiki/r' },
  startsAt: '2026-11-22T11:58:00.5Z',
  endsAt: '2026-11-22T12:04:00Z',
  generatorURL: 'http://prometheus:9090/graph?g0.expr=up',
};

describe('alerts', () => {
  test('of Prometheus fire under the fingerprint they have there, and are told', async () => {
    const { ask, alerts, pass, channel } = await testApi();
    expect(await ask('POST /api/v2/alerts', [POSTED])).toMatchObject({ status: 200, text: '' });
    await pass(0);
    expect(told(channel)).toEqual(['first: HighLatency']);
    expect(await alerts.get(fingerprintOf(LABELS))).toMatchObject({
      title: 'HighLatency',
      description: 'p99 over 2 s',
      severity: 'critical',
      source: 'api',
      labels: LABELS,
      annotations: { summary: 'It is slow', runbook_url: 'https://wiki/r' },
      timestamp: new Date('2026-11-22T11:58:00.500Z'),
      endsAt: new Date('2026-11-22T12:04:00Z'),
      generatorUrl: POSTED.generatorURL,
    });
  });

  test('told again live on, and end when they are told no more', async () => {
    const { ask, alerts, pass, channel, clock } = await testApi();
    const id = fingerprintOf(LABELS);
    for (let i = 0; i < 3; i++) {
      await ask('POST /api/v2/alerts', [{ ...POSTED, endsAt: new Date(clock.now() + 4 * MINUTE).toISOString() }]);
      await pass(3 * MINUTE);
    }
    expect(await alerts.get(id)).toMatchObject({ status: 'firing', count: 3 });
    await pass(2 * MINUTE);
    expect(await alerts.get(id)).toMatchObject({ status: 'resolved' });
    expect(told(channel)).toEqual(['first: HighLatency', 'resolved: HighLatency (resolved)']);
  });

  test('without an end, or with that of Go, have five minutes', async () => {
    const { ask, alerts } = await testApi();
    await ask('POST /api/v2/alerts', [{ labels: { alertname: 'A' } }, { labels: { alertname: 'B' }, startsAt: '0001-01-01T00:00:00Z', endsAt: '0001-01-01T00:00:00.000Z' }]);
    for (const alertname of ['A', 'B']) {
      expect(await alerts.get(fingerprintOf({ alertname }))).toMatchObject({ timestamp: new Date('2026-11-22T12:00:00Z'), endsAt: new Date('2026-11-22T12:05:00Z') });
    }
  });

  test('whose end has come are resolved, and those nobody knew are not told', async () => {
    const { ask, alerts, pass, channel } = await testApi();
    await ask('POST /api/v2/alerts', [POSTED]);
    await pass(MINUTE);
    const over = { ...POSTED, endsAt: '2026-11-22T12:00:30Z' };
    await ask('POST /api/v2/alerts', [over, { ...over, labels: { alertname: 'Never seen' } }]);
    await ask('POST /api/v2/alerts', [over]);
    await pass(MINUTE);
    expect(told(channel)).toEqual(['first: HighLatency', 'resolved: HighLatency (resolved)']);
    expect((await alerts.list()).items).toHaveLength(1);
  });

  test('of one request are taken in their order', async () => {
    const { ask, alerts } = await testApi();
    await ask('POST /api/v2/alerts', [POSTED, { ...POSTED, endsAt: '2026-11-22T11:59:00Z' }, POSTED]);
    const alert = await alerts.get(fingerprintOf(LABELS));
    expect(alert?.history.map(({ event }) => event)).toEqual(expect.arrayContaining(['fired', 'resolved', 'reopened']));
    expect(alert?.status).toBe('firing');
  });

  test('that can be read are taken, whatever the others are', async () => {
    const { ask, alerts, log } = await testApi();
    const bad = [
      { labels: {} },
      { labels: { a: '' } },
      { labels: { '': 'x' } },
      { labels: { a: 5 } },
      { labels: null },
      { labels: ['a'] },
      'text',
      null,
      { labels: { a: 'b' }, annotations: 'c' },
      { labels: { a: 'b' }, startsAt: 'yesterday' },
      { labels: { a: 'b' }, startsAt: '2026-11-22T12:00:00Z', endsAt: '2026-11-22T11:00:00Z' },
      { labels: { a: 'b' }, generatorURL: {} },
    ];
    const answer = await ask('POST /api/v2/alerts', [bad[0], POSTED, ...bad.slice(1)]);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatch(/^at least one label pair required; .*`\[4\]\.labels\.a`: got 5, expected a text.*; and 2 more$/);
    expect((await alerts.list()).items).toMatchObject([{ title: 'HighLatency' }]);
    expect(log).toEqual([]);
  });

  test.each([['{}'], ['null'], ['"x"'], [''], ['5']])('that are no list (%s) are refused', async body => {
    const { ask } = await testApi();
    expect(await ask('POST /api/v2/alerts', body)).toMatchObject({ status: 400, json: expect.stringContaining('expected a list of alerts') });
  });

  test.each([
    [{ severity: 'critical' }, 'critical'],
    [{ severity: 'page' }, 'high'],
    [{ severity: 'ERROR' }, 'high'],
    [{ severity: 'warning' }, 'medium'],
    [{ severity: 'low' }, 'low'],
    [{ severity: 'none' }, 'info'],
    [{ severity: 'sev-7' }, 'medium'],
    [{ severity: 'constructor' }, 'medium'],
    [{}, 'medium'],
  ])('with the labels %j are %s', async (labels, severity) => {
    const { ask, alerts } = await testApi();
    const all = { alertname: 'A', ...labels };
    await ask('POST /api/v2/alerts', [{ labels: all }]);
    expect(await alerts.get(fingerprintOf(all))).toMatchObject({ severity, labels: all });
  });

  test('are routed by their labels as they came', async () => {
    const [ops, rest] = [recordingChannel(), recordingChannel()];
    const { ask, pass } = await testApi({
      channels: { ops, rest },
      route: { receiver: 'rest', groupWait: 0, groupBy: ['alertname'], routes: [{ match: ['severity="page"', 'source=""'], receiver: 'rest' }, { match: ['severity="page"'], receiver: 'ops' }] },
    });
    await ask('POST /api/v2/alerts', [{ labels: { alertname: 'A', severity: 'page' } }, { labels: { alertname: 'B', severity: 'warning' } }]);
    await pass(0);
    expect([told(ops), told(rest)]).toEqual([['first: A'], ['first: B']]);
  });

  test('may have more in them than we know of', async () => {
    const { ask } = await testApi();
    expect((await ask('POST /api/v2/alerts', [{ ...POSTED, keepFiringSince: 5 }])).status).toBe(200);
  });

  test('are given as they were told, and those of the app with what it told of them', async () => {
    const { ask, alerts } = await testApi();
    await ask('POST /api/v2/alerts', [POSTED, { labels: { alertname: 'Bare' } }]);
    await alerts.fire({ title: 'Payment provider down', description: 'No answer.', severity: 'high', source: 'billing', labels: { region: 'eu' } });
    const { id } = await alerts.fire({ title: 'Over' });
    await alerts.resolve(id);
    const { json, status } = await ask('GET /api/v2/alerts');
    expect(status).toBe(200);
    const active = { inhibitedBy: [], silencedBy: [], state: 'active' };
    expect(json).toEqual(
      [
        { ...POSTED, startsAt: '2026-11-22T11:58:00.500Z', endsAt: '2026-11-22T12:04:00.000Z', fingerprint: fingerprintOf(LABELS), receivers: [{ name: 'severity critical' }], status: active },
        {
          labels: { alertname: 'Bare' },
          annotations: {},
          startsAt: '2026-11-22T12:00:00.000Z',
          endsAt: '2026-11-22T12:05:00.000Z',
          fingerprint: fingerprintOf({ alertname: 'Bare' }),
          receivers: [{ name: 'severity medium' }],
          status: active,
        },
        {
          labels: { alertname: 'Payment provider down', severity: 'high', source: 'billing', region: 'eu' },
          annotations: { summary: 'Payment provider down', description: 'No answer.' },
          startsAt: '2026-11-22T12:00:00.000Z',
          endsAt: '2026-11-22T12:05:00.000Z',
          fingerprint: fingerprintOf({ alertname: 'Payment provider down', source: 'billing', region: 'eu' }),
          receivers: [{ name: 'severity high' }],
          status: active,
        },
      ]
        .map(alert => ({ ...alert, updatedAt: '2026-11-22T12:00:00.000Z' }))
        .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)),
    );
  });

  test('are filtered by matchers, state and receiver', async () => {
    const { ask, alerts } = await testApi({ inhibitRules: [{ sourceMatch: ['alertname="Down"'], targetMatch: ['alertname="Slow"'], equal: ['region'] }] });
    const { id: source } = await alerts.fire({ title: 'Down', severity: 'critical', labels: { region: 'eu' } });
    await alerts.fire({ title: 'Slow', severity: 'high', labels: { region: 'eu' } });
    await alerts.fire({ title: 'Disk', severity: 'high', labels: { region: 'us' } });
    const silence = await alerts.silences.create({ matchers: ['alertname="Disk"'], duration: '1h', createdBy: 'ada' });
    const names = async (query: string): Promise<string[]> =>
      (await ask(`GET /api/v2/alerts${query}`)).json.map(({ labels }: any) => labels.alertname).sort();

    expect(await names('')).toEqual(['Disk', 'Down', 'Slow']);
    expect(await names('?active=false')).toEqual(['Disk', 'Slow']);
    expect(await names('?silenced=false')).toEqual(['Down', 'Slow']);
    expect(await names('?inhibited=false&silenced=false&unprocessed=true')).toEqual(['Down']);
    expect(await names('?filter=region%3D%22eu%22&filter=alertname!~%22Do.*%22')).toEqual(['Slow']);
    expect(await names('?receiver=severity%20critical')).toEqual(['Down']);
    expect(await names('?receiver=severity%20(high|low)')).toEqual(['Disk', 'Slow']);
    expect(await names('?receiver=high')).toEqual([]);
    const { json } = await ask('GET /api/v2/alerts?active=false');
    expect(Object.fromEntries(json.map(({ labels, status }: any) => [labels.alertname, status]))).toEqual({
      Slow: { state: 'suppressed', silencedBy: [], inhibitedBy: [source] },
      Disk: { state: 'suppressed', silencedBy: [silence.id], inhibitedBy: [] },
    });
  });

  test.each([
    ['?filter=foo', /a label's name/],
    ['?filter=a%3D~%22(%22', /regular expression/],
    ['?receiver=(', /^failed to parse receiver param/],
    ['?active=maybe', /true or false/],
  ])('asked for by %s are refused', async (query, message) => {
    const { ask } = await testApi();
    expect(await ask(`GET /api/v2/alerts${query}`)).toMatchObject({ status: 400, json: expect.stringMatching(message) });
  });

  test('come in their groups', async () => {
    const { ask } = await testApi({ route: { receiver: 'default', groupBy: ['alertname'] } });
    await ask('POST /api/v2/alerts', ['1', '2'].map(i => ({ labels: { alertname: 'A', i } })));
    await ask('POST /api/v2/alerts', [{ labels: { alertname: 'B' } }]);
    const { json } = await ask('GET /api/v2/alerts/groups');
    expect(json.map(({ alerts, ...group }: any) => ({ ...group, is: alerts.map(({ labels }: any) => labels.i) }))).toEqual([
      { labels: { alertname: 'A' }, receiver: { name: 'default' }, is: ['1', '2'].sort((a, b) => (fingerprintOf({ alertname: 'A', i: a }) < fingerprintOf({ alertname: 'A', i: b }) ? -1 : 1)) },
      { labels: { alertname: 'B' }, receiver: { name: 'default' }, is: [undefined] },
    ]);
    expect((await ask('GET /api/v2/alerts/groups?receiver=other')).json).toEqual([]);
  });
});

describe('silences', () => {
  const SILENCE = {
    matchers: [
      { name: 'alertname', value: 'HighLatency', isRegex: false },
      { name: 'instance', value: 'a:.*|b"\\:80', isRegex: true, isEqual: true },
      { name: 'job', value: 'batch', isRegex: false, isEqual: false },
    ],
    startsAt: '2026-11-22T11:00:00.000Z',
    endsAt: '2026-11-22T14:00:00.000Z',
    createdBy: 'grace',
    comment: 'known',
  };

  test('are made, given, and ended', async () => {
    const { ask, pass, channel } = await testApi({}, () => true);
    const made = await ask('POST /api/v2/silences', SILENCE);
    expect(made).toMatchObject({ status: 200, json: { silenceID: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    const id = made.json.silenceID;
    const expected = {
      ...SILENCE,
      id,
      matchers: SILENCE.matchers.map(matcher => ({ isEqual: true, ...matcher })),
      startsAt: '2026-11-22T12:00:00.000Z',
      updatedAt: '2026-11-22T12:00:00.000Z',
      status: { state: 'active' },
    };
    expect((await ask(`GET /api/v2/silence/${id}`)).json).toEqual(expected);
    expect((await ask('GET /api/v2/silences')).json).toEqual([expected]);
    await ask('POST /api/v2/alerts', [POSTED]);
    await pass(MINUTE);
    expect(told(channel)).toEqual([]);

    expect(await ask(`DELETE /api/v2/silence/${id}`)).toMatchObject({ status: 200, text: '' });
    expect(await ask(`DELETE /api/v2/silence/${id}`)).toMatchObject({ status: 200 });
    await pass(MINUTE);
    expect(told(channel)).toEqual(['first: HighLatency']);
    expect((await ask(`GET /api/v2/silence/${id}`)).json).toMatchObject({ status: { state: 'expired' } });
  });

  test('are those of whom authorize says', async () => {
    const { ask } = await testApi();
    await ask('POST /api/v2/silences', SILENCE);
    expect((await ask('GET /api/v2/silences')).json).toMatchObject([{ createdBy: 'ada' }]);
  });

  test('stay the same ones where only their end or their comment changes, and become others with other matchers', async () => {
    const { ask, pass, channel, clock } = await testApi();
    const { silenceID: id } = (await ask('POST /api/v2/silences', SILENCE)).json;
    await ask('POST /api/v2/alerts', [{ ...POSTED, endsAt: '2026-11-23T12:00:00Z' }]);
    await pass(MINUTE);
    const now = (await ask(`GET /api/v2/silence/${id}`)).json;
    const shorter = { ...now, endsAt: new Date(clock.now() + 10 * MINUTE).toISOString(), comment: 'nearly' };
    expect((await ask('POST /api/v2/silences', shorter)).json).toEqual({ silenceID: id });
    expect((await ask(`GET /api/v2/silence/${id}`)).json).toMatchObject({ comment: 'nearly', endsAt: shorter.endsAt });
    await pass(11 * MINUTE);
    expect(told(channel)).toEqual(['first: HighLatency']);

    const { silenceID: active } = (await ask('POST /api/v2/silences', SILENCE)).json;
    const changed = await ask('POST /api/v2/silences', { ...SILENCE, id: active, matchers: SILENCE.matchers.slice(0, 1) });
    expect(changed.json.silenceID).not.toBe(active);
    expect((await ask('GET /api/v2/silences')).json.map(({ id: each, status }: any) => [each, status.state])).toEqual([
      [changed.json.silenceID, 'active'],
      [active, 'expired'],
      [id, 'expired'],
    ]);
  });

  test('of nobody knows which are not changed', async () => {
    const { ask } = await testApi();
    const id = '00000000-0000-4000-8000-000000000000';
    expect(await ask('POST /api/v2/silences', { ...SILENCE, id })).toMatchObject({ status: 404, json: 'silence not found' });
    expect(await ask(`DELETE /api/v2/silence/${id}`)).toMatchObject({ status: 404 });
    expect(await ask(`GET /api/v2/silence/${id}`)).toMatchObject({ status: 404, text: '' });
  });

  test('are found by what they look for', async () => {
    const { ask } = await testApi();
    await ask('POST /api/v2/silences', SILENCE);
    const count = async (filter: string): Promise<number> => (await ask(`GET /api/v2/silences?filter=${encodeURIComponent(filter)}`)).json.length;
    expect(await count('alertname="HighLatency"')).toBe(1);
    expect(await count('alertname=~"High.*"')).toBe(1);
    expect(await count('alertname="Other"')).toBe(0);
    expect(await count('team="x"')).toBe(0);
  });

  test.each([
    [{ matchers: [] }, /at least one matcher/],
    [{ matchers: [{ name: 'a', value: '.*', isRegex: true }] }, /does not match an empty label/],
    [{ matchers: [{ name: 'a b', value: 'x', isRegex: false }] }, /a label's name/],
    [{ matchers: [{ name: 'a', value: '(', isRegex: true }] }, /regular expression/],
    [{ matchers: [{ name: 'a', value: 'x', isRegex: 'yes' }] }, /isRegex`: got "yes", expected true or false/],
    [{ matchers: ['a="b"'] }, /an object/],
    [{ matchers: 'a="b"' }, /a list/],
    [{ endsAt: '2026-11-22T11:30:00Z' }, /^Failed to create silence: end time can't be in the past$/],
    [{ startsAt: '2029-01-01T00:00:00Z', endsAt: '2028-01-01T00:00:00Z' }, /^Failed to create silence: start time must be before end time$/],
    [{ endsAt: undefined }, /when it ends/],
    [{ endsAt: 'later' }, /a time such as/],
  ])('with %j are refused', async (change, message) => {
    const { ask, alerts } = await testApi();
    expect(await ask('POST /api/v2/silences', { ...SILENCE, ...change })).toMatchObject({ status: 400, json: expect.stringMatching(message) });
    expect(await alerts.silences.list()).toEqual([]);
  });
});

test('status and receivers are what Alertmanager has', async () => {
  const { ask } = await testApi({ route: { receiver: 'default', routes: [{ match: ['a="b"'], receiver: 'dingtalk' }] } });
  expect((await ask('GET /api/v2/status')).json).toMatchObject({
    cluster: { peers: [], status: 'disabled' },
    config: { original: expect.any(String) },
    uptime: '2026-11-22T12:00:00.000Z',
    versionInfo: { version: '0.25.0', branch: 'sightline' },
  });
  expect((await ask('GET /api/v2/receivers')).json).toEqual([{ name: 'default' }, { name: 'dingtalk' }]);
});

test('what there is not, or not so, is refused as Alertmanager does', async () => {
  const { ask } = await testApi();
  expect(await ask('GET /api/v2/nothing')).toMatchObject({ status: 404, json: { code: 404, message: expect.any(String) } });
  expect(await ask('PUT /api/v2/alerts')).toMatchObject({ status: 405, json: { code: 405, message: expect.any(String) } });
});

test('a silence that begins later holds from then on', async () => {
  const { ask, pass, channel, clock } = await testApi();
  const at = (ms: number): string => new Date(clock.now() + ms).toISOString();
  const pending = { matchers: [{ name: 'alertname', value: 'Slow', isRegex: false }], startsAt: at(HOUR), endsAt: at(2 * HOUR), createdBy: 'ada', comment: '' };
  const { silenceID: id } = (await ask('POST /api/v2/silences', pending)).json;
  expect((await ask(`GET /api/v2/silence/${id}`)).json).toMatchObject({ status: { state: 'pending' }, startsAt: pending.startsAt });
  expect((await ask('POST /api/v2/silences', { ...pending, id, startsAt: at(90 * MINUTE) })).json).toEqual({ silenceID: id });
  await ask('POST /api/v2/alerts', [{ labels: { alertname: 'Slow', severity: 'low' }, endsAt: at(3 * HOUR) }]);
  await pass(MINUTE);
  expect(told(channel)).toEqual(['first: Slow']);
});

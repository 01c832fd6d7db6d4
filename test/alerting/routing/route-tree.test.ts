import { describe, expect, test } from 'vitest';
import type { Labels } from '../../../src/alerting/alert.js';
import { type RouteOptions, RouteTree, type RouteTreeOptions } from '../../../src/alerting/routing/route-tree.js';
import type { InvalidOptionError } from '../../../src/core/errors.js';

const RECEIVERS = ['default', 'a', 'testing', 'productionA', 'productionB', 'bc', 'critical'];

function treeOf(options: RouteOptions, others: Partial<RouteTreeOptions> = {}): RouteTree {
  return new RouteTree(options, { receivers: RECEIVERS, timeIntervals: ['nights', 'office'], ...others });
}

/** The tree that Alertmanager tests its own with. */
const TEAMS = treeOf({
  receiver: 'default',
  routes: [
    {
      match: ['owner="team-A"'],
      receiver: 'a',
      routes: [
        { match: ['env="testing"'], receiver: 'testing', groupBy: ['...'] },
        { match: ['env="production"'], receiver: 'productionA', groupWait: '1m', continue: true },
        {
          match: ['job=~".*"', 'env=~"produ.*"'],
          receiver: 'productionB',
          groupWait: '30s',
          groupInterval: '5m',
          repeatInterval: '1h',
          groupBy: ['job'],
        },
      ],
    },
    { match: ['owner=~"team-(B|C)"'], groupBy: ['foo', 'bar'], groupWait: '2m', receiver: 'bc' },
    {
      match: ['group_by="role"'],
      groupBy: ['role'],
      routes: [{ match: ['env="testing"'], receiver: 'testing', routes: [{ match: ['wait="long"'], groupWait: '2m' }] }],
    },
  ],
});

describe('an alert goes where Alertmanager sends it, with what the routes on the way say', () => {
  const preset = { groupBy: [], groupWaitMs: 30_000, groupIntervalMs: 300_000, repeatIntervalMs: 14_400_000, muteTimes: [], activeTimes: [] };
  test.each<[string, Labels, object[]]>([
    ['to the first route if no other matches', { owner: 'nobody' }, [{ ...preset, key: '{}', receiver: 'default' }]],
    ['to a route itself if none in it matches', { owner: 'team-A', env: 'unset' }, [{ ...preset, key: '{}/{owner="team-A"}', receiver: 'a' }]],
    [
      'by an expression',
      { owner: 'team-C' },
      [{ ...preset, key: '{}/{owner=~"team-(B|C)"}', receiver: 'bc', groupBy: ['foo', 'bar'], groupWaitMs: 120_000 }],
    ],
    ['with all labels', { owner: 'team-A', env: 'testing' }, [{ ...preset, key: '{}/{owner="team-A"}/{env="testing"}', receiver: 'testing', groupBy: 'all' }]],
    [
      'to two, because the first continues; a missing label matches .*',
      { owner: 'team-A', env: 'production' },
      [
        { ...preset, key: '{}/{owner="team-A"}/{env="production"}', receiver: 'productionA', groupWaitMs: 60_000 },
        { ...preset, key: '{}/{owner="team-A"}/{env=~"produ.*",job=~".*"}', receiver: 'productionB', groupBy: ['job'], repeatIntervalMs: 3_600_000 },
      ],
    ],
    ['to an inherited receiver', { group_by: 'role' }, [{ ...preset, key: '{}/{group_by="role"}', receiver: 'default', groupBy: ['role'] }]],
    [
      'with an inherited grouping',
      { group_by: 'role', env: 'testing' },
      [{ ...preset, key: '{}/{group_by="role"}/{env="testing"}', receiver: 'testing', groupBy: ['role'] }],
    ],
    [
      'three routes deep',
      { group_by: 'role', env: 'testing', wait: 'long' },
      [{ ...preset, key: '{}/{group_by="role"}/{env="testing"}/{wait="long"}', receiver: 'testing', groupBy: ['role'], groupWaitMs: 120_000 }],
    ],
  ])('%s', (_, labels, routes) => {
    expect(TEAMS.match(labels)).toEqual(routes);
  });
});

test('all routes are listed, each before those in it', () => {
  expect(TEAMS.routes.map(({ receiver }) => receiver)).toEqual([
    ...['default', 'a', 'testing', 'productionA', 'productionB', 'bc', 'default', 'testing', 'testing'],
  ]);
});

test('a route that continues and is the last is not followed by the one around it', () => {
  const tree = treeOf({ receiver: 'default', routes: [{ match: ['a="1"'], receiver: 'a', continue: true }, { match: ['b="1"'], receiver: 'bc' }] });

  expect(tree.match({ a: '1' }).map(({ receiver }) => receiver)).toEqual(['a']);
  expect(tree.match({ a: '1', b: '1' }).map(({ receiver }) => receiver)).toEqual(['a', 'bc']);
  expect(tree.match({ b: '1' }).map(({ receiver }) => receiver)).toEqual(['bc']);
});

test('grouping is inherited until it is set again, even to nothing', () => {
  const tree = treeOf({
    receiver: 'default',
    groupBy: ['...'],
    routes: [{ match: ['a="1"'] }, { match: ['a="2"'], groupBy: ['foo'] }, { match: ['a="3"'], groupBy: [] }],
  });

  expect(tree.routes.map(({ groupBy }) => groupBy)).toEqual(['all', 'all', ['foo'], []]);
});

test('time intervals are not inherited', () => {
  const tree = treeOf({
    receiver: 'default',
    routes: [{ match: ['a="1"'], muteTimes: ['nights'], activeTimes: ['office'], routes: [{ match: ['b="1"'] }] }],
  });

  expect(tree.match({ a: '1' })).toMatchObject([{ muteTimes: ['nights'], activeTimes: ['office'] }]);
  expect(tree.match({ a: '1', b: '1' })).toMatchObject([{ muteTimes: [], activeTimes: [] }]);
});

test('other defaults take the place of the usual ones', () => {
  const defaults = { groupBy: ['source'], groupWait: '10s', groupInterval: 60_000, repeatInterval: '1h' };
  const tree = treeOf({ receiver: 'default', groupInterval: '2m' }, { defaults });

  expect(tree.match({})).toMatchObject([{ groupBy: ['source'], groupWaitMs: 10_000, groupIntervalMs: 120_000, repeatIntervalMs: 3_600_000 }]);
});

describe('the key of a route', () => {
  test('lists matchers by name, value and operator', () => {
    const tree = treeOf({
      receiver: 'default',
      routes: [{ match: ['zone!~"x\\\\d.*"', 'b=1', '{a!="2", a=~"3?"}', 'a=2', 'team="quo\\"te"'] }],
    });

    expect(tree.routes[1]?.key).toBe('{}/{a="2",a!="2",a=~"3?",b="1",team="quo\\"te",zone!~"x\\\\d.*"}');
  });

  test('belongs to it alone, even where matchers are the same', () => {
    const same = { match: ['a="1"'], continue: true, routes: [{ match: ['b="1"'] }] };
    const tree = treeOf({ receiver: 'default', routes: [same, { ...same, receiver: 'a' }, same] });

    expect(tree.routes.map(({ key }) => key)).toEqual([
      ...['{}', '{}/{a="1"}', '{}/{a="1"}/{b="1"}', '{}/{a="1"}/1', '{}/{a="1"}/1/{b="1"}', '{}/{a="1"}/2', '{}/{a="1"}/2/{b="1"}'],
    ]);
  });
});

describe('what cannot be used is refused, with its path, what was given and what is allowed', () => {
  const within = (route: object): RouteOptions => ({ receiver: 'default', routes: [{ receiver: 'a' }, route] });
  test.each<[string, unknown, string, RegExp]>([
    ['nothing', undefined, '', /an object/],
    ['a text', 'default', '', /"default", expected an object/],
    ['no receiver', { groupBy: ['a'] }, '.receiver', /got undefined, expected the name of a receiver \(known here: default, a,/],
    ['a receiver that does not exist', within({ receiver: 'pager' }), '.routes[1].receiver', /"pager", expected the name of a receiver \(known here: default, a,/],
    ['a key that does not exist', within({ group_by: ['a'] }), '.routes[1].group_by', /known here: .*receiver, match, continue/],
    ['no list of routes', { receiver: 'a', routes: {} }, '.routes', /a list/],
    ['a hole', { receiver: 'a', routes: [undefined] }, '.routes[0]', /an object/],
    ['matchers on the first route', { receiver: 'a', match: ['a=b'] }, '.match', /no matchers: the first route is for all alerts/],
    ['muted times of the first route', { receiver: 'a', muteTimes: ['nights'] }, '.muteTimes', /no time intervals/],
    ['active times of the first route', { receiver: 'a', activeTimes: ['nights'] }, '.activeTimes', /no time intervals/],
    ['a first route that continues', { receiver: 'a', continue: true }, '.continue', /nothing comes after the first route/],
    ['a matcher that is none', within({ match: ['a="b"', 'severity'] }), '.routes[1].match[1]', /got "severity", expected a label's name/],
    ['a matcher that is no text', within({ match: [{ a: 'b' }] }), '.routes[1].match[0]', /an object with keys \{a\}/],
    ['an expression that is none', within({ match: ['a=~"["'] }), '.routes[1].match[0]', /RE2's syntax/],
    ['labels as a text', within({ groupBy: 'source' }), '.routes[1].groupBy', /a list/],
    ['a label twice', within({ groupBy: ['a', 'b', 'a'] }), '.routes[1].groupBy[2]', /a label that is not in the list yet/],
    ['all labels and another', within({ groupBy: ['a', '...'] }), '.routes[1].groupBy[1]', /'\.\.\.' alone/],
    ['an empty label', within({ groupBy: [''] }), '.routes[1].groupBy[0]', /the name of a label/],
    ['a duration that is none', within({ groupWait: 'long' }), '.routes[1].groupWait', /a duration/],
    ['an interval of nothing', within({ groupInterval: '0s' }), '.routes[1].groupInterval', /not 0/],
    ['a repeat interval of nothing', within({ repeatInterval: 0 }), '.routes[1].repeatInterval', /not 0/],
    ['a time interval that does not exist', within({ muteTimes: ['nights', 'days'] }), '.routes[1].muteTimes[1]', /"days", expected the name of a time interval \(known here: nights, office\)/],
    ['the same for active times', within({ activeTimes: ['days'] }), '.routes[1].activeTimes[0]', /"days"/],
  ])('%s', (_, options, path, message) => {
    const refusal = refusalOf(() => treeOf(options as RouteOptions));

    expect(refusal.option).toBe(`alerts.route${path}`);
    expect(refusal.message).toMatch(message);
  });

  test('routes that lie in one another without end', () => {
    const endless: any = { receiver: 'a' };
    endless.routes = [endless];

    expect(refusalOf(() => treeOf(endless)).message).toContain('at most 100 routes in one another');
  });

  test('defaults that cannot be used', () => {
    expect(refusalOf(() => treeOf({ receiver: 'a' }, { defaults: { repeatInterval: 'never' } })).option).toBe('alerts.routeDefaults.repeatInterval');
    expect(refusalOf(() => treeOf({ receiver: 'a' }, { defaults: { receiver: 'a' } as any })).option).toBe('alerts.routeDefaults.receiver');
  });
});

function refusalOf(work: () => unknown): InvalidOptionError {
  try {
    work();
  } catch (error) {
    return error as InvalidOptionError;
  }
  throw new Error('nothing was refused');
}

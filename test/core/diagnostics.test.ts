import { describe, expect, test, vi } from 'vitest';
import { Diagnostics } from '../../src/core/diagnostics.js';
import { ManualClock } from '../support/manual-clock.js';

function setUp() {
  const clock = new ManualClock();
  const lines: string[] = [];
  const diagnostics = new Diagnostics({ warn: line => lines.push(line) }, clock);
  const counted: string[] = [];
  diagnostics.countWith(component => counted.push(component));
  return { clock, lines, diagnostics, counted };
}

describe('a fault', () => {
  test('is counted by its component and told with its error', () => {
    const { diagnostics, lines, counted } = setUp();
    diagnostics.fault('http', 'a request could not be observed', new TypeError('x is not a function'));

    expect(counted).toEqual(['http']);
    expect(lines).toEqual(['[sightline] http: a request could not be observed: TypeError: x is not a function']);
  });

  test('may come without an error', () => {
    const { diagnostics, lines } = setUp();
    diagnostics.fault('http', 'a request was lost');

    expect(lines).toEqual(['[sightline] http: a request was lost']);
  });

  test.each<[string, unknown, string]>([
    ['a text', 'boom', 'boom'],
    ['null', null, 'null'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['what can not be shown', Object.create(null), 'an error that cannot be shown'],
    ['an error whose message throws', Object.defineProperty(new Error(), 'message', { get: () => { throw new Error(); } }), 'an error that cannot be shown'],
  ])('may be %s', (_, thrown, shown) => {
    const { diagnostics, lines } = setUp();
    diagnostics.fault('http', 'failed', thrown);

    expect(lines).toEqual([`[sightline] http: failed: ${shown}`]);
  });

  test('shows no secret', () => {
    const { diagnostics, lines } = setUp();
    diagnostics.fault('tracing', 'export failed', new Error('POST https://user:hunter2@collector/v1/traces'));

    expect(lines.join()).not.toContain('hunter2');
    expect(lines.join()).toContain('collector/v1/traces');
  });

  test('is told before there are metrics to count it in', () => {
    const lines: string[] = [];
    new Diagnostics({ warn: line => lines.push(line) }, new ManualClock()).fault('monitor', 'early');

    expect(lines).toHaveLength(1);
  });
});

describe('lines are limited to one a minute and component', () => {
  test('while each fault is counted', () => {
    const { diagnostics, lines, counted } = setUp();
    for (let i = 0; i < 1_000; i++) diagnostics.fault('http', `fault ${i}`);

    expect(lines).toEqual(['[sightline] http: fault 0']);
    expect(counted).toHaveLength(1_000);
  });

  test('and the next line says how many were held back', () => {
    const { diagnostics, lines, clock } = setUp();
    for (let i = 0; i < 5; i++) diagnostics.fault('http', `fault ${i}`);
    clock.advance(59_999);
    diagnostics.fault('http', 'too early');
    clock.advance(1);
    diagnostics.fault('http', 'the next');
    clock.advance(60_000);
    diagnostics.fault('http', 'one more');

    expect(lines).toEqual([
      '[sightline] http: fault 0',
      '[sightline] http: the next (and 5 more in the last minute)',
      '[sightline] http: one more',
    ]);
  });

  test('so that one component does not silence another', () => {
    const { diagnostics, lines } = setUp();
    diagnostics.fault('http', 'a');
    diagnostics.fault('tracing', 'b');
    diagnostics.notice('http', 'c');

    expect(lines).toEqual(['[sightline] http: a', '[sightline] tracing: b']);
  });
});

test('a notice is told and not counted', () => {
  const { diagnostics, lines, counted } = setUp();
  diagnostics.notice('metrics', 'the cap was reached');

  expect(lines).toEqual(['[sightline] metrics: the cap was reached']);
  expect(counted).toEqual([]);
});

describe('nothing reaches the host', () => {
  test('when the logger throws, and it is asked again only a minute later', () => {
    const clock = new ManualClock();
    const warn = vi.fn(() => {
      throw new Error('disk full');
    });
    const diagnostics = new Diagnostics({ warn }, clock);
    diagnostics.fault('http', 'a');
    diagnostics.fault('http', 'b');

    expect(warn).toHaveBeenCalledOnce();
  });

  test('when counting throws: the line still tells', () => {
    const { diagnostics, lines } = setUp();
    diagnostics.countWith(() => {
      throw new Error('no metrics');
    });
    diagnostics.fault('http', 'a');

    expect(lines).toEqual(['[sightline] http: a']);
  });

  test('when the logger itself ends in a fault', () => {
    const clock = new ManualClock();
    let calls = 0;
    const diagnostics: Diagnostics = new Diagnostics(
      {
        warn() {
          calls++;
          diagnostics.fault('http', 'while logging');
        },
      },
      clock,
    );
    diagnostics.fault('http', 'a');

    expect(calls).toBe(1);
  });

  test('when guarded work throws', () => {
    const { diagnostics, lines } = setUp();
    const result = diagnostics.guard('http', 'work failed', () => {
      throw new RangeError('too far');
    });

    expect(result).toBeUndefined();
    expect(lines).toEqual(['[sightline] http: work failed: RangeError: too far']);
  });
});

test('guarded work that succeeds gives its result', () => {
  expect(setUp().diagnostics.guard('http', 'x', () => 42)).toBe(42);
});

test('a logger keeps its this', () => {
  const logger = { lines: [] as string[], warn(line: string): void { this.lines.push(line); } };
  new Diagnostics(logger, new ManualClock()).notice('http', 'a');

  expect(logger.lines).toEqual(['[sightline] http: a']);
});

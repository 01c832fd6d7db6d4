import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Quota } from '../../../src/alerting/channels/channel.js';
import { asked, DELIVERED, DOWN, NEVER, postOffice, REFUSED, SEVERITIES_FROM_WORST, type PostOffice, type SentParcel } from './post-office.js';

const HOUR = 3_600_000;
const TEN_IN_A_MINUTE = [{ limit: 10, windowMs: 60_000 }];

/** What a service may say or do: as it should, or not. */
const answer = fc.oneof(
  { weight: 6, arbitrary: fc.constant(DELIVERED) },
  fc.constant(DOWN),
  fc.constant(REFUSED),
  fc.constant(NEVER),
  fc.constant(() => ({ delivered: false, retryable: false, misconfigured: true, reason: 'bad key' })),
  fc.constantFrom(1_000, 45_000, 10 * HOUR, -5, NaN, Infinity, 'soon').map(retryAfterMs => () => ({ delivered: false, retryable: true, reason: 'too many', retryAfterMs })),
  fc.constantFrom<unknown>(undefined, null, 'ok', 0, [], {}, { delivered: 'yes' }, { delivered: false }, { delivered: false, retryable: 1, reason: {} }).map(garbage => () => garbage),
  fc.constant(() => {
    throw new Error('broken');
  }),
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever an app throws
  fc.constantFrom<unknown>(new Error('rejected'), undefined, Object.create(null)).map(reason => () => Promise.reject(reason)),
);

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
      to: fc.constantFrom('robot', 'mail'),
      severity: fc.constantFrom(...SEVERITIES_FROM_WORST),
      status: fc.constantFrom('firing' as const, 'firing' as const, 'resolved' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ pass: fc.constantFrom(0, 1, 900, 5_000, 40_000, HOUR) }) },
  fc.record({ setBy: fc.constantFrom(-HOUR, -1_000, 1_000, 24 * HOUR) }),
);

const script = fc.record({
  steps: fc.array(step, { maxLength: 60 }),
  robot: fc.array(answer, { maxLength: 30 }),
  mail: fc.array(answer, { maxLength: 30 }),
  fallback: fc.constantFrom(undefined, 'mail'),
});

test('whatever services answer, and whenever: each parcel is delivered, told as failed, or overtaken by one that is', async () => {
  await fc.assert(
    fc.asyncProperty(script, async ({ steps, robot, mail, fallback }) => {
      const office = postOffice({ robot: TEN_IN_A_MINUTE, mail: [] }, fallback);
      office.channel('robot').answers.push(...robot);
      office.channel('mail').answers.push(...mail);
      const sent = new Map<string, SentParcel[]>();
      let number = 0;
      for (const each of steps) {
        if ('pass' in each) await office.clock.pass(each.pass);
        else if ('setBy' in each) office.clock.setBy(each.setBy);
        else {
          const { key, ...what } = each;
          const parcel = office.send(key, { ...what, title: `${key}${number++}` });
          sent.set(`${what.to} ${key}`, [...(sent.get(`${what.to} ${key}`) ?? []), parcel]);
        }
      }
      await office.clock.pass(72 * HOUR);

      for (const parcels of sent.values()) {
        expect(parcels.at(-1)?.ends).toEqual([expect.stringMatching(/^(delivered|failed): /)]);
        for (const { ends, first } of parcels) {
          expect(ends.length).toBeLessThanOrEqual(1);
          expect(await first).toBeDefined();
        }
      }
      expect(office.deliverer.backlog()).toEqual({ robot: 0, mail: 0 });
      // Nothing is left to do.
      expect(office.clock.waiting).toBe(0);
      expectWithin(office, TEN_IN_A_MINUTE);
      expect(office.log.filter(line => line.includes('brought to its end'))).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test('closed at any time, each parcel has its end, or is left to the next process', async () => {
  await fc.assert(
    fc.asyncProperty(script, fc.nat(60), async ({ steps, robot, mail, fallback }, closeAt) => {
      const office = postOffice({ robot: TEN_IN_A_MINUTE, mail: [] }, fallback);
      office.channel('robot').answers.push(...robot);
      office.channel('mail').answers.push(...mail);
      const last = new Map<string, SentParcel>();
      let closing: Promise<void> | undefined;
      for (const [i, each] of [...steps, ...steps].entries()) {
        if (i === closeAt) closing = office.deliverer.close();
        if ('pass' in each) await office.clock.pass(each.pass);
        else if (!('setBy' in each)) last.set(`${each.to} ${each.key}`, office.send(each.key, each));
      }
      closing ??= office.deliverer.close();
      await office.clock.pass(10_000);
      await closing;
      const asked = office.channel('robot').asked.length + office.channel('mail').asked.length;
      await office.clock.pass(HOUR);

      for (const { ends, first } of last.values()) {
        expect(ends).toEqual([expect.stringMatching(/^(delivered: |failed: |left$)/)]);
        expect(await first).toBeDefined();
      }
      expect(office.channel('robot').asked.length + office.channel('mail').asked.length).toBe(asked);
      expect(office.clock.waiting).toBe(0);
      expect([office.channel('robot').closed, office.channel('mail').closed]).toEqual([true, true]);
    }),
    { numRuns: 300 },
  );
});

test('what is told as delivered was said', async () => {
  await fc.assert(
    fc.asyncProperty(script, async ({ steps, robot }) => {
      const office = postOffice({ robot: TEN_IN_A_MINUTE, mail: [] });
      const channel = office.channel('robot');
      const said = new Set<string>();
      channel.answers.push(
        ...robot.map(each => () => {
          const result = each();
          const [last] = channel.asked.slice(-1);
          if (result === undefined || (result as any)?.delivered === true) for (const { title } of last?.notification.alerts ?? []) said.add(title);
          return result;
        }),
      );
      const parcels: [string, SentParcel][] = [];
      for (const [i, each] of steps.entries()) {
        if ('pass' in each) await office.clock.pass(each.pass);
        else if ('key' in each) parcels.push([`${each.key}${i}`, office.send(each.key, { ...each, to: 'robot', title: `${each.key}${i}` })]);
      }
      await office.clock.pass(72 * HOUR);
      for (const title of asked(channel).slice(robot.length).join(' ').replaceAll('digest of ', '').split(' ')) said.add(title);
      for (const [title, { ends }] of parcels) if (ends[0]?.startsWith('delivered')) expect(said).toContain(title);
    }),
    { numRuns: 200 },
  );
});

function expectWithin(office: PostOffice, quotas: readonly Quota[]): void {
  const times = office.channel('robot').asked.map(({ at }) => at);
  for (const { limit, windowMs } of quotas) {
    for (let i = limit; i < times.length; i++) expect((times[i] ?? 0) - (times[i - limit] ?? 0)).toBeGreaterThanOrEqual(windowMs);
  }
}

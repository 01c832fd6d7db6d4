import { expect, test } from 'vitest';
import { asked, DELIVERED, DOWN, NEVER, postOffice, REFUSED } from './post-office.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** DingTalk's. */
const TWENTY_A_MINUTE = [{ limit: 20, windowMs: MINUTE }];
/** Feishu's. */
const FEISHU = [
  { limit: 100, windowMs: MINUTE },
  { limit: 5, windowMs: 1_000 },
];

test('a flood of groups for hours: never more than 20 messages in any minute, and nobody waits for long', async () => {
  const office = postOffice({ robot: TWENTY_A_MINUTE });
  const waits: number[] = [];
  for (let second = 0; second < 2 * 3_600; second++) {
    for (let i = 0; i < 3; i++) {
      const at = office.clock.monotonic();
      const { ends } = office.send(`${second} ${i}`, { severity: i === 0 && second % 60 === 0 ? 'critical' : 'medium' });
      ends.push = (...what: string[]) => waits.push(office.clock.monotonic() - at) && what.length;
    }
    await office.clock.pass(1_000);
  }
  await office.clock.pass(2 * MINUTE);

  const times = office.channel('robot').asked.map(({ at }) => at);
  for (let i = 20; i < times.length; i++) expect(times[i]! - times[i - 20]!).toBeGreaterThanOrEqual(MINUTE);
  expect(waits).toHaveLength(6 * 3_600);
  expect(Math.max(...waits)).toBeLessThan(MINUTE);
});

test('of what waits the critical goes first, and the quota keeps room for it', async () => {
  const office = postOffice({ robot: TWENTY_A_MINUTE });
  const channel = office.channel('robot');
  for (let i = 0; i < 12; i++) {
    office.send(`medium ${i}`, { severity: 'medium' });
    await office.clock.pass(10);
  }
  for (const severity of ['info', 'low', 'medium', 'high'] as const) office.send(severity, { severity });
  await office.clock.pass(15_000);
  expect(asked(channel).slice(12)).toEqual(['info', 'digest of high medium low']);

  for (const severity of ['low', 'critical', 'high'] as const) office.send(`another ${severity}`, { severity });
  await office.clock.pass(10);
  expect(asked(channel).slice(14)).toEqual(['another critical']);
  await office.clock.pass(15_000);
  expect(asked(channel).slice(15)).toEqual(['digest of another high another low']);
});

test('critical ones go one by one as long as there is room, then together every fifteen seconds', async () => {
  const office = postOffice({ robot: TWENTY_A_MINUTE });
  const waits: number[] = [];
  for (let i = 0; i < 300; i++) {
    const at = office.clock.monotonic();
    const { ends } = office.send(`critical ${i}`, { severity: 'critical' });
    ends.push = (...what: string[]) => waits.push(office.clock.monotonic() - at) && what.length;
    await office.clock.pass(1_000);
  }
  await office.clock.pass(MINUTE);
  const sizes = office.channel('robot').asked.map(({ notification: { alerts } }) => alerts.length);
  expect(sizes.slice(0, 17)).toEqual(Array(17).fill(1));
  expect(Math.max(...sizes)).toBeGreaterThan(10);
  expect(waits).toHaveLength(300);
  expect(Math.max(...waits)).toBeLessThanOrEqual(15_000);
});

test('a second quota of seconds is waited for, not digested', async () => {
  const office = postOffice({ robot: FEISHU });
  for (let i = 0; i < 12; i++) office.send(`${i}`, { severity: 'medium' });
  await office.clock.pass(3_000);
  expect(asked(office.channel('robot'))).toEqual(Array.from({ length: 12 }, (_, i) => `${i}`));
});

test('a service that keeps incidents gets each notification alone, within its quota, the worst first, however many there are', async () => {
  const office = postOffice({ pager: TWENTY_A_MINUTE }, undefined, { keepsIncidents: true });
  for (let i = 0; i < 200; i++) office.send(`medium ${i}`, { to: 'pager', severity: 'medium' });
  await office.clock.pass(1_000);
  office.send('critical', { to: 'pager', severity: 'critical' });
  await office.clock.pass(1_000);
  expect(asked(office.channel('pager')).at(-1)).toBe('critical');

  await office.clock.pass(20 * MINUTE);
  const all = office.channel('pager').asked;
  expect(all.filter(({ notification: { reason, alerts } }) => reason === 'digest' || alerts.length !== 1)).toEqual([]);
  expect(new Set(all.map(({ notification }) => notification.groupKey)).size).toBe(201);
  for (let i = 20; i < all.length; i++) expect(all[i]!.at - all[i - 20]!.at).toBeGreaterThanOrEqual(MINUTE);
});

test('a digest tells of an alert as it is now, and its id is that of what it holds', async () => {
  const office = postOffice({ robot: [{ limit: 1, windowMs: MINUTE }] });
  const channel = office.channel('robot');
  office.send('first');
  await office.clock.pass(1);
  office.send('a', { title: 'Disk', status: 'resolved' });
  office.send('later', { title: 'Slow' });
  await office.clock.pass(1);
  office.send('b', { title: 'Disk', status: 'firing' });
  channel.answers.push(DOWN);
  await office.clock.pass(MINUTE);
  office.send('c', { title: 'Third' });
  await office.clock.pass(5 * MINUTE);

  const [, failed, delivered] = channel.asked.map(({ notification }) => notification);
  expect(failed?.alerts.map(({ title, status }) => `${title} ${status}`)).toEqual(['Slow firing', 'Disk firing']);
  expect(delivered?.alerts.map(({ title }) => title)).toEqual(['Slow', 'Disk', 'Third']);
  expect(delivered?.id).not.toBe(failed?.id);
});

test('a digest that is refused is taken apart until only what was refused is told as failed', async () => {
  const office = postOffice({ robot: [{ limit: 2, windowMs: MINUTE }] });
  const channel = office.channel('robot');
  const answer = (): unknown => (asked(channel).at(-1)?.includes('poison') ? REFUSED() : DELIVERED());
  channel.answers.push(...Array.from({ length: 100 }, () => answer));
  const parcels = ['a', 'b', 'c', 'd', 'e', 'poison', 'f', 'g'].map(key => office.send(key));
  await office.clock.pass(HOUR);
  expect(parcels.map(({ ends: [end] }) => end?.split(':')[0])).toEqual([...Array<string>(5).fill('delivered'), 'failed', 'delivered', 'delivered']);
});

test('a newer parcel of a key takes the place of one that waits, and follows one that is under way', async () => {
  const office = postOffice({ robot: [] });
  const channel = office.channel('robot');
  channel.answers.push(NEVER);
  const first = office.send('disk', { title: 'one' });
  const second = office.send('disk', { title: 'two' });
  const third = office.send('disk', { title: 'three' });
  await office.clock.pass(MINUTE);
  expect(asked(channel)).toEqual(['one', 'three']);
  expect([first.ends, second.ends, third.ends]).toEqual([[], [], ['delivered: delivered']]);
});

test('a newer one that says the same as one under way is not sent again', async () => {
  const office = postOffice({ robot: [] });
  let deliver = (): void => {};
  office.channel('robot').answers.push(() => new Promise(resolve => (deliver = () => resolve(DELIVERED()))));
  const [first, again] = [office.send('disk'), office.send('disk')];
  await office.clock.pass(1);
  deliver();
  await office.clock.pass(MINUTE);
  expect(asked(office.channel('robot'))).toEqual(['disk']);
  expect([first.ends, again.ends]).toEqual([['delivered: delivered'], ['delivered: delivered']]);
});

test('what is not true any more can be taken back, unless it is under way', async () => {
  const office = postOffice({ robot: [], mail: [] }, 'mail');
  office.channel('robot').answers.push(DOWN, NEVER);
  const { ends } = office.send('disk');
  await office.clock.pass(1);
  expect(office.deliverer.withdraw('disk', 'robot')).toBe(true);
  await office.clock.pass(MINUTE);
  expect(asked(office.channel('robot'))).toEqual(['disk']);
  expect(ends).toEqual([]);

  office.send('disk');
  expect(office.deliverer.withdraw('disk')).toBe(false);
});

test('asked to wait, the whole channel waits', async () => {
  const office = postOffice({ robot: TWENTY_A_MINUTE });
  office.channel('robot').answers.push(() => ({ delivered: false, retryable: true, reason: 'throttled', retryAfterMs: 10 * MINUTE }));
  office.send('a');
  await office.clock.pass(1_000);
  office.send('b', { severity: 'critical' });
  await office.clock.pass(9 * MINUTE);
  expect(asked(office.channel('robot'))).toEqual(['a']);
  await office.clock.pass(2 * MINUTE);
  expect(asked(office.channel('robot'))).toEqual(['a', 'b', 'a']);
});

test('a service that asks for days is asked again within the hour', async () => {
  const office = postOffice({ robot: [] });
  office.channel('robot').answers.push(() => ({ delivered: false, retryable: true, reason: 'later', retryAfterMs: 30 * 24 * HOUR }));
  const { ends } = office.send('a');
  await office.clock.pass(HOUR + 1);
  expect(ends).toEqual(['delivered: delivered']);
});

test('a channel that fails is left alone, then asked once; back, it delivers all that waited', async () => {
  const office = postOffice({ robot: [] });
  const channel = office.channel('robot');
  channel.answers.push(...Array.from({ length: 40 }, () => DOWN));
  const parcels = Array.from({ length: 20 }, (_, i) => office.send(`${i}`));
  await office.clock.pass(10_000);
  const before = channel.asked.length;
  expect(before).toBeLessThan(10);
  await office.clock.pass(30 * MINUTE);
  // One in thirty seconds.
  for (let i = before + 1; i < 40; i++) expect(channel.asked[i]!.at - channel.asked[i - 1]!.at).toBeGreaterThanOrEqual(30_000);
  expect(parcels.map(({ ends }) => ends)).toEqual(parcels.map(() => ['delivered: delivered']));
  const times = channel.asked.slice(40).map(({ at }) => at);
  expect(Math.max(...times) - Math.min(...times)).toBeLessThan(1_000);
});

test('where a channel fails the fallback takes over what waits and what comes, until the channel is back', async () => {
  const office = postOffice({ robot: [], mail: [] }, 'mail');
  const [robot, mail] = [office.channel('robot'), office.channel('mail')];
  robot.answers.push(...Array.from({ length: 8 }, () => DOWN));
  const parcels = Array.from({ length: 8 }, (_, i) => office.send(`${i}`));
  await office.clock.pass(1_000);
  expect(parcels.map(({ ends }) => ends)).toEqual(parcels.map(() => ['delivered: delivered, by `mail` in place of `robot`']));
  office.send('while it is down');
  await office.clock.pass(20_000);
  expect(asked(mail)).toContain('while it is down');
  expect(office.counted.filter(each => each === 'robot fallback')).toHaveLength(9);

  await office.clock.pass(MINUTE);
  const asks = robot.asked.length;
  office.send('to see if it is back');
  office.send('and more');
  await office.clock.pass(1);
  expect(asked(robot).slice(asks)).toEqual(['to see if it is back']);
  office.send('it is');
  await office.clock.pass(1);
  expect(asked(robot).slice(asks)).toEqual(['to see if it is back', 'it is']);
});

test('a fallback that has the same notification for itself says both', async () => {
  const office = postOffice({ robot: [], mail: [] }, 'mail');
  office.channel('robot').answers.push(REFUSED);
  office.channel('mail').answers.push(NEVER);
  const [own, substituted] = [office.send('disk', { to: 'mail' }), office.send('disk')];
  await office.clock.pass(MINUTE);
  expect(own.ends).toEqual(['delivered: delivered']);
  expect(substituted.ends).toEqual(['delivered: delivered, by `mail` in place of `robot`']);
});

test('where both fail a parcel waits for whichever is back first', async () => {
  const office = postOffice({ robot: [], mail: [] }, 'mail');
  office.channel('robot').answers.push(...Array.from({ length: 12 }, () => DOWN));
  office.channel('mail').answers.push(...Array.from({ length: 1_000 }, () => DOWN));
  for (let i = 0; i < 6; i++) office.send(`mail ${i}`, { to: 'mail' });
  await office.clock.pass(MINUTE);
  const { ends } = office.send('disk');
  await office.clock.pass(HOUR);
  expect(ends).toEqual([expect.stringContaining('delivered')]);
});

test('a channel that can never deliver is told as failed, and as badly set up', async () => {
  const office = postOffice({ robot: [] });
  office.channel('robot').answers.push(() => ({ delivered: false, retryable: false, misconfigured: true, reason: 'sign not match' }));
  const { first, ends } = office.send('disk');
  await office.clock.pass(1);
  expect(await first).toBe('failed');
  expect(ends).toEqual(['failed: sign not match']);
  expect(office.log).toEqual([expect.stringContaining('look at how the channel is set up')]);
});

test('a channel that does not come back for a day is given up', async () => {
  const office = postOffice({ robot: [] });
  office.channel('robot').answers.push(...Array.from({ length: 10_000 }, () => DOWN));
  const parcels = Array.from({ length: 50 }, (_, i) => office.send(`${i}`));
  await office.clock.pass(23 * HOUR);
  expect(parcels.flatMap(({ ends }) => ends)).toEqual([]);
  await office.clock.pass(2 * HOUR);
  expect(parcels.map(({ ends }) => ends)).toEqual(parcels.map(() => ['failed: down']));
  expect(office.clock.waiting).toBe(0);
});

test('who hands in a parcel does not wait for a channel that is busy or closed', async () => {
  const office = postOffice({ robot: [] });
  office.channel('robot').answers.push(NEVER, NEVER, NEVER, NEVER);
  for (let i = 0; i < 4; i++) office.send(`${i}`);
  expect(await office.send('fifth').first).toBe('held');
  const closing = office.deliverer.close();
  const late = office.send('late');
  expect(await late.first).toBe('held');
  expect(late.ends).toEqual(['left']);
  await office.clock.pass(10_000);
  await closing;
});

test('setting the clock neither delays nor hastens anything', async () => {
  const office = postOffice({ robot: [{ limit: 1, windowMs: MINUTE }] });
  const channel = office.channel('robot');
  office.send('a');
  await office.clock.pass(1);
  office.send('b');
  office.clock.setBy(5 * HOUR);
  await office.clock.pass(59_000);
  expect(asked(channel)).toEqual(['a']);
  office.clock.setBy(-10 * HOUR);
  await office.clock.pass(1_000);
  expect(asked(channel)).toEqual(['a', 'b']);
});

test('a channel that does not exist is told as failed', async () => {
  const { first, ends } = postOffice({}).send('disk');
  expect(await first).toBe('failed');
  expect(ends).toEqual(['failed: there is no channel `robot`']);
});

test('50,000 groups for a channel that is down fit, more are told as failed, and criticals still have room', { timeout: 60_000 }, async () => {
  const office = postOffice({ robot: TWENTY_A_MINUTE });
  office.channel('robot').answers.push(...Array.from({ length: 20 }, () => NEVER));
  const parcels = Array.from({ length: 60_000 }, (_, i) => office.send(`${i}`));
  const critical = office.send('critical', { severity: 'critical' });
  const refused = parcels.filter(({ ends }) => ends[0] === 'failed: the channel has too much to deliver');
  expect(refused.length).toBeGreaterThan(9_900);
  expect(critical.ends).toEqual([]);
  await office.clock.pass(HOUR);
  expect(critical.ends).toEqual([expect.stringContaining('delivered')]);
  expect(parcels.every(({ ends }) => ends.length === 1)).toBe(true);
});

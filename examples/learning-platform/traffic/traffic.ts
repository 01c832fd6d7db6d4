import { setMaxListeners } from 'node:events';
import { LEARNERS, SCHOOLS } from '../seed.js';
import { Client } from './client.js';
import { INCIDENTS, runIncidents } from './incidents.js';
import { LEARNER_JOURNEYS, TEACHER_JOURNEYS, type Journey } from './journeys.js';
import { Ledger } from './ledger.js';
import { Random } from '../../random.js';
import { Visitor } from './visitor.js';

/** How many are on the platform at the same time. */
const LEARNERS_AT_ONCE = 9;
const LISTENERS = 2;
const SEED = 4;

/**
 * Traffic as a platform sees it, at once over loopback HTTP: learners, teachers, listeners, scanners, people
 * who make mistakes and who don't wait; and now and then more of them than the platform can bear.
 *
 * @param tell told of what happens now and then, for a person
 * @param signal stops it: no request begins any more, those under way end
 * @returns what was sent, and came back; to be read at any time
 */
export function startTraffic(port: number, tell: (story: string) => void, signal: AbortSignal): { ledger: Ledger; ended: Promise<void> } {
  // Everyone waits with it.
  setMaxListeners(0, signal);
  const ledger = new Ledger();
  const client = new Client(port, ledger);
  const visitor = (account: string, number: number, until = signal): Visitor =>
    new Visitor({ account, random: new Random(SEED * 1_000 + number), client, ledger, signal: until });

  const learners = Array.from({ length: LEARNERS_AT_ONCE }, (_, i) => visitor(`learner-${(i % LEARNERS) + 1}`, i));
  const teachers = SCHOOLS.map((school, i) => visitor(`teacher-${school}`, 100 + i));
  const listeners = Array.from({ length: LISTENERS }, (_, i) => visitor(`learner-${LEARNERS - i}`, 200 + i));

  const all = [
    ...learners.map(learner => repeat(learner, LEARNER_JOURNEYS, signal)),
    ...teachers.map(teacher => repeat(teacher, TEACHER_JOURNEYS, signal)),
    ...listeners.map(listener => repeat(listener, [[1, followAnnouncements(signal)]], signal)),
    runIncidents(INCIDENTS, signal, async ({ story, visitors, journey }, over) => {
      tell(story);
      const more = Array.from({ length: visitors }, (_, i) => visitor(`learner-${(i % LEARNERS) + 1}`, 300 + i, over));
      await Promise.all(more.map(each => repeat(each, [[1, journey]], over)));
    }),
  ];
  return {
    ledger,
    ended: Promise.all(all).then(() => {
      client.close();
    }),
  };
}

/** One journey after the other, until the signal. */
async function repeat(visitor: Visitor, journeys: readonly (readonly [number, Journey])[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await visitor.pause();
      await visitor.random.weighted(journeys)(visitor);
    } catch (error) {
      if (!signal.aborted) visitor.ledger.failed(error);
    }
  }
}

function followAnnouncements(signal: AbortSignal): Journey {
  return async visitor => {
    const { token } = await visitor.signIn();
    const call = { method: 'GET', path: '/announcements', endpoint: '/announcements', token };
    await visitor.client.listen(call, visitor.random.between(2_000, 6_000), signal);
  };
}

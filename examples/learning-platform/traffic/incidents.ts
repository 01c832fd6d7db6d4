import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Journey } from './journeys.js';
import { essay, WORDS } from './material.js';

/** What many do at the same time, and more than the platform can bear. */
export interface Incident {
  /** For a person. */
  readonly story: string;
  /** Since the traffic began, and since it began anew. */
  readonly afterMs: number;
  readonly forMs: number;
  readonly visitors: number;
  readonly journey: Journey;
}

/** After that they come again. */
const ROUND_MS = 6 * 60_000;
const AT_ONCE = 10;

/** Above what the models take: see `grading/model-provider.ts`. */
const handInEssay: Journey = async visitor => {
  const { token } = await visitor.signIn();
  await visitor.send({ method: 'POST', path: '/essays', endpoint: 'grade_essay', token, body: { text: essay(visitor.random) } });
};

/** Above what the dictionary takes: see `routes/dictionary.ts`. */
const lookUpTogether: Journey = async visitor => {
  const words = Array.from({ length: AT_ONCE }, () => visitor.random.pick(WORDS));
  await Promise.all(words.map(word => visitor.get(`/dictionary/${word}`, '/dictionary/:word')));
};

/** A number that is none of the choices, and more than the column holds: nothing but the database notices. */
const answerNonsense: Journey = async visitor => {
  const { token } = await visitor.signIn();
  await visitor.send({ method: 'POST', path: '/exercises/1/answers', endpoint: 'submit_answer', token, body: { choice: 2 ** 40 } });
};

export const INCIDENTS: readonly Incident[] = [
  { story: 'A mock exam ends, and everybody hands an essay in.', afterMs: 20_000, forMs: 12_000, visitors: 12, journey: handInEssay },
  { story: 'A new page looks up all words of a text at once.', afterMs: 140_000, forMs: 10_000, visitors: 8, journey: lookUpTogether },
  { story: 'A faulty version of the mobile app sends answers that are none.', afterMs: 260_000, forMs: 8_000, visitors: 1, journey: answerNonsense },
];

/**
 * Has incidents happen when their time has come, again and again.
 * @param happen has one happen, until the signal
 */
export async function runIncidents(incidents: readonly Incident[], signal: AbortSignal, happen: (incident: Incident, over: AbortSignal) => Promise<void>): Promise<void> {
  await Promise.all(
    incidents.map(async incident => {
      await wait(incident.afterMs, signal);
      while (!signal.aborted) {
        const over = new AbortController();
        // Each of its visitors waits with it.
        setMaxListeners(0, over.signal);
        const happening = happen(incident, over.signal);
        await wait(incident.forMs, signal);
        over.abort();
        await happening;
        await wait(ROUND_MS - incident.forMs, signal);
      }
    }),
  );
}

/** Resolves early where the signal says so. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}

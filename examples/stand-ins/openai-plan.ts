import { Random } from '../random.js';

/**
 * What the stand-in does with a request: `answer` it; refuse it with a 429 (`rate-limit`); keep it waiting until
 * the client gives up (`stall`); answer half of it and stop for its content (`filter`).
 */
export type Behaviour = 'answer' | 'rate-limit' | 'stall' | 'filter';

/** Says what is done with each request, in the order they come. */
export interface Plan {
  /** @param isRetry whether an SDK makes the request again, after one that failed */
  next(isRetry: boolean): Behaviour;
}

/** These behaviours in turn; then every request is answered. */
export function scripted(...behaviours: readonly Behaviour[]): Plan {
  let at = 0;
  return { next: () => behaviours[at++] ?? 'answer' };
}

/** Three calls of a dozen don't go well at once; of the retries, some fail again. */
const FIRST: readonly Behaviour[] = [...Array<Behaviour>(8).fill('answer'), 'rate-limit', 'rate-limit', 'stall', 'filter'];
const AGAIN: readonly Behaviour[] = ['answer', 'answer', 'rate-limit', 'stall'];

/**
 * A mix of all behaviours. Dealt from shuffled decks, one of first attempts and one of retries, so that every dozen
 * calls meets the same mix; the same seed deals the same.
 */
export function mixed(seed: number): Plan {
  const first = dealt(FIRST, new Random(seed));
  const again = dealt(AGAIN, new Random(seed + 1));
  return { next: isRetry => (isRetry ? again : first).next().value };
}

function* dealt<T>(cards: readonly T[], random: Random): Generator<T, never> {
  for (;;) {
    const deck = [...cards];
    while (deck.length > 0) yield deck.splice(random.between(0, deck.length - 1), 1)[0] as T;
  }
}

import type { BudgetAddition, BudgetStore, BudgetTotals } from '../../../src/ai/budget/budget-store.js';
import { deferred, type Deferred } from '../../support/deferred.js';

/** What becomes of a request: it is answered, it never arrives, or it is carried out and its answer is lost. */
export type Fate = 'answered' | 'refused' | 'unanswered';

/** A store behind a network that a test has in its hands: answers come in a later turn, or not at all. */
export class RemoteStore implements BudgetStore {
  /** What becomes of the requests that follow. */
  fate: Fate | ((addition: BudgetAddition) => Fate) = 'answered';
  readonly additions: BudgetAddition[] = [];
  reads = 0;
  /** Requests wait here while the test holds them. */
  #held: Deferred<void> | undefined;
  readonly #store: BudgetStore;

  constructor(store: BudgetStore) {
    this.#store = store;
  }

  /** Requests from now on are under way until {@link release}. */
  hold(): void {
    this.#held = deferred();
  }

  release(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  async add(addition: BudgetAddition): Promise<BudgetTotals> {
    this.additions.push(addition);
    const fate = typeof this.fate === 'function' ? this.fate(addition) : this.fate;
    await this.#held?.promise;
    return this.#answer(fate, () => this.#store.add(addition));
  }

  async read(key: string): Promise<number> {
    this.reads++;
    const fate = typeof this.fate === 'function' ? 'answered' : this.fate;
    // What is read is what it was when it was asked for.
    const total = await this.#store.read(key);
    await this.#held?.promise;
    return this.#answer(fate, () => total);
  }

  async #answer<T>(fate: Fate, work: () => T | Promise<T>): Promise<T> {
    if (fate === 'refused') throw new Error('connection refused');
    const answer = await work();
    if (fate === 'unanswered') throw new Error('timed out');
    return answer;
  }
}

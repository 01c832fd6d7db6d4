import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { settleWithin } from '../../core/settle-within.js';
import type { BudgetAccount } from './budget-account.js';
import type { BudgetStore, BudgetTotals } from './budget-store.js';
import { amountOf } from './money.js';

export interface LedgerParts {
  readonly store: BudgetStore;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Told once of each addition, with the totals between which it lies. */
  readonly onAdded: (account: BudgetAccount, totals: BudgetTotals) => void;
}

/** How old a total may be that calls are checked by. */
const READ_EVERY_MS = 1_000;
/** How long a store that has failed is left in peace. */
const RETRY_MS = 1_000;
const CLOSE_WITHIN_MS = 2_000;
/** Of its own, so that a store that is away hides nothing else in the log. */
const COMPONENT = 'ai-budget-store';

/**
 * Brings what accounts spend to the store, and what others spent back, behind the callers' backs. Of each account one
 * addition is under way at a time; what is spent meanwhile is the next one. While the store fails, one addition a
 * second is tried, and amounts add up in the accounts.
 */
export class BudgetLedger {
  readonly #parts: LedgerParts;
  readonly #writer = randomBytes(9).toString('base64url');
  #sequence = 0;
  /** Accounts that have something the store has not confirmed; the one tried last is the last. */
  readonly #unsettled = new Set<BudgetAccount>();
  readonly #underWay = new Set<Promise<void>>();
  /** Whether the store has failed and not answered since. */
  #isAway = false;
  #cancelRetry: (() => void) | undefined;
  #readsRestUntil = -Infinity;
  #isClosed = false;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
  }

  /** Adds to an account. With a store that answers at once, it has done so on return. */
  add(account: BudgetAccount, units: number): void {
    if (units <= 0) return;
    account.unsent += units;
    this.#unsettled.add(account);
    if (!this.#isAway) this.#send(account);
  }

  /** Asks the store for the total of an account, unless it was asked a moment ago. */
  refresh(account: BudgetAccount): void {
    const now = this.#parts.clock.monotonic();
    if (account.isReading || now - account.readAt < READ_EVERY_MS || now < this.#readsRestUntil || this.#isClosed) return;
    account.readAt = now;
    const { answers } = account;
    this.#ask(
      () => this.#parts.store.read(account.key),
      isReading => (account.isReading = isReading),
      total => {
        // A total read while an addition is under way may hold it or not; its own answer is newer in any case.
        if (account.sent === undefined && account.answers === answers) account.stored = total;
      },
      error => {
        this.#readsRestUntil = now + READ_EVERY_MS;
        this.#parts.diagnostics.fault(COMPONENT, 'the total of a budget could not be read', error);
      },
    );
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Gives the store the rest, and waits for it a while. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelRetry?.();
    this.#sendAll();
    await settleWithin(this.settled(), CLOSE_WITHIN_MS, this.#parts.clock);
    if (this.#unsettled.size === 0) return;
    const lost = [...this.#unsettled].reduce((sum, { unsent, sent }) => sum + unsent + (sent?.units ?? 0), 0);
    this.#parts.diagnostics.fault(COMPONENT, `spending of ${amountOf(lost)} could not be added to its budgets before the end`);
  }

  #sendAll(): void {
    for (const account of [...this.#unsettled]) this.#send(account);
  }

  /** @returns whether there was something to send */
  #send(account: BudgetAccount): boolean {
    if (account.isSending) return false;
    const keepMs = account.keptUntil - this.#parts.clock.now();
    if (keepMs <= 0) {
      // The store has been away for so long that nobody reads this total any more.
      account.unsent = 0;
      account.sent = undefined;
      this.#unsettled.delete(account);
      return false;
    }
    if (account.sent === undefined) {
      account.sent = { units: account.unsent, sequence: ++this.#sequence };
      account.unsent = 0;
    }
    const addition = { key: account.key, ...account.sent, keepMs, writer: this.#writer };
    this.#ask(
      () => this.#parts.store.add(addition),
      isSending => (account.isSending = isSending),
      totals => {
        this.#confirm(account, totals);
      },
      error => {
        this.#postpone(account, error);
      },
    );
    return true;
  }

  #confirm(account: BudgetAccount, totals: BudgetTotals): void {
    account.sent = undefined;
    account.stored = totals.after;
    account.answers++;
    if (account.unsent === 0) this.#unsettled.delete(account);
    this.#parts.onAdded(account, totals);
    if (this.#isAway) this.#welcomeBack();
    else if (account.unsent > 0) this.#send(account);
  }

  #postpone(account: BudgetAccount, error: unknown): void {
    this.#parts.diagnostics.fault(COMPONENT, 'spending could not be added to a budget; it is kept, and tried again', error);
    // Where only this one fails, the next attempt is another's.
    this.#unsettled.delete(account);
    this.#unsettled.add(account);
    this.#isAway = true;
    if (!this.#isClosed) this.#cancelRetry ??= this.#parts.clock.schedule(() => this.#retry(), RETRY_MS);
  }

  /** Tries one account; the others follow when the store has answered. */
  #retry(): void {
    this.#cancelRetry = undefined;
    const tried = [...this.#unsettled].find(account => account.isSending || this.#send(account));
    if (tried === undefined) this.#isAway = false;
  }

  #welcomeBack(): void {
    this.#isAway = false;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#sendAll();
  }

  /** Calls the store, which may answer at once or later. Never throws. */
  #ask<T>(call: () => T | Promise<T>, mark: (isUnderWay: boolean) => void, onAnswer: (answer: T) => void, onError: (error: unknown) => void): void {
    mark(true);
    const settle = (work: () => void): void => {
      mark(false);
      this.#parts.diagnostics.guard(COMPONENT, 'a budget could not be kept', work);
    };
    try {
      const answer = call();
      if (!(answer instanceof Promise)) {
        settle(() => onAnswer(answer));
        return;
      }
      const underWay: Promise<void> = answer
        .then(
          value => settle(() => onAnswer(value)),
          (error: unknown) => settle(() => onError(error)),
        )
        .finally(() => this.#underWay.delete(underWay));
      this.#underWay.add(underWay);
    } catch (error) {
      settle(() => onError(error));
    }
  }
}

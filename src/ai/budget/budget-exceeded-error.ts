import { isSightlineError, SightlineError } from '../../core/errors.js';

const CODE = 'SIGHTLINE_AI_BUDGET_EXCEEDED';

/** What {@link AiBudgetExceededError} says of the budget. */
export interface ExceededBudget {
  readonly budget: string;
  readonly tenant: string | undefined;
  readonly limit: number;
  readonly spent: number;
  readonly currency: string;
  readonly resetsAt: Date;
}

/**
 * A call of an AI service was not made, because a budget with `onExceeded: 'reject'` is spent.
 * @example if (isSightlineError(error) && error.code === 'SIGHTLINE_AI_BUDGET_EXCEEDED') res.status(429).end();
 */
export class AiBudgetExceededError extends SightlineError {
  /** By its code: the app's copy of this class may be of the ESM build while the CommonJS one throws. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A class that extends this one has this method, too, and instances of its own.
    if (this !== AiBudgetExceededError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return isSightlineError(value) && value.code === CODE;
  }

  /** Name of the budget. */
  readonly budget: string;
  /** Whose budget it is; `undefined` where it is not one tenant's. */
  readonly tenant: string | undefined;
  readonly limit: number;
  readonly spent: number;
  /** Of `limit` and `spent`. */
  readonly currency: string;
  /** When the next window begins, and calls are made again. */
  readonly resetsAt: Date;

  /** @internal */
  constructor({ budget, tenant, limit, spent, currency, resetsAt }: ExceededBudget) {
    const whose = tenant === undefined ? '' : ` of the tenant ${JSON.stringify(tenant)}`;
    super(
      CODE,
      `The call was not made: ${spent} of ${limit} ${currency} of the AI budget \`${budget}\`${whose} are spent. ` +
        `Calls are made again from ${resetsAt.toISOString()} on. Raise its \`limit\`, or let it only alert: \`onExceeded: 'alert'\`.`,
    );
    this.name = 'AiBudgetExceededError';
    this.budget = budget;
    this.tenant = tenant;
    this.limit = limit;
    this.spent = spent;
    this.currency = currency;
    this.resetsAt = resetsAt;
  }
}

import { canonicalName, modelNames } from '../pricing/model-name.js';
import { BudgetAccount } from './budget-account.js';
import { budgetKey } from './budget-key.js';
import type { CheckedBudget } from './check-budgets.js';

/** What a call is known by to budgets. */
export interface BudgetedCall {
  readonly service: string;
  /** `undefined` while it is not known: budgets of one model are then left out. */
  readonly model?: string | undefined;
  readonly tenant?: string | undefined;
}

/** Tenants whose totals a process knows of one budget; beyond, the one longest without a call is forgotten. */
export const MOST_TENANTS = 10_000;
/** Of the oldest tenants, how many are looked at for one that may be forgotten. */
const CANDIDATES = 20;
const MOST_MODELS = 1_000;

/** A budget with its totals in the current window: one, or one a tenant. */
export class TrackedBudget {
  readonly settings: CheckedBudget;
  readonly #currency: string;
  readonly #onFirstUse: (account: BudgetAccount) => void;
  /** By tenant, the longest without a call first; where the budget is not of tenants, only ''. */
  readonly #accounts = new Map<string, BudgetAccount>();
  /** Whether a model is the budget's. */
  readonly #models = new Map<string, boolean>();

  /** @param onFirstUse told of each total when a call first has to do with it */
  constructor(settings: CheckedBudget, currency: string, onFirstUse: (account: BudgetAccount) => void) {
    this.settings = settings;
    this.#currency = currency;
    this.#onFirstUse = onFirstUse;
  }

  /** Whether each tenant has a budget of its own. */
  get isPerTenant(): boolean {
    return this.settings.tenant === '*';
  }

  appliesTo({ service, model, tenant }: BudgetedCall): boolean {
    const { settings } = this;
    return (
      (settings.service === undefined || settings.service === service) &&
      (settings.tenant === undefined || (this.isPerTenant ? Boolean(tenant) : settings.tenant === tenant)) &&
      (settings.model === undefined || (model !== undefined && this.#isOwnModel(model)))
    );
  }

  /**
   * The total that a call counts to; `undefined` where there are too many tenants, none of which can be forgotten
   * because the store has yet to be told of what they spent.
   */
  accountOf(tenant: string | undefined, now: number): BudgetAccount | undefined {
    const name = this.isPerTenant ? (tenant ?? '') : '';
    const known = this.#current(name, now);
    const account = known ?? this.#begin(name, now);
    if (account === undefined) return undefined;
    if (this.isPerTenant && known !== undefined) {
      this.#accounts.delete(name);
      this.#accounts.set(name, known);
    }
    if (!account.isUsed) {
      account.isUsed = true;
      this.#onFirstUse(account);
    }
    return account;
  }

  /** The total of a tenant, or of the budget where it is not of tenants, as it is now; `undefined` where it was forgotten. */
  peek(tenant: string | undefined, now: number): BudgetAccount | undefined {
    return this.#current(this.isPerTenant ? (tenant ?? '') : '', now);
  }

  /** The known account, in the current window. */
  #current(name: string, now: number): BudgetAccount | undefined {
    const account = this.#accounts.get(name);
    const { start } = this.settings.window.at(now);
    return account === undefined || account.window.start === start ? account : this.#open(name, now);
  }

  #begin(name: string, now: number): BudgetAccount | undefined {
    return this.#accounts.size < MOST_TENANTS || this.#forgetOne() ? this.#open(name, now) : undefined;
  }

  #open(name: string, now: number): BudgetAccount {
    const { settings } = this;
    const window = settings.window.at(now);
    const tenant = this.isPerTenant ? name : settings.tenant;
    const account = new BudgetAccount(settings, tenant, window, budgetKey(settings, tenant, this.#currency, window.start));
    this.#accounts.set(name, account);
    return account;
  }

  #forgetOne(): boolean {
    let looked = 0;
    for (const [name, account] of this.#accounts) {
      if (account.isSettled) return this.#accounts.delete(name);
      if (++looked === CANDIDATES) break;
    }
    return false;
  }

  #isOwnModel(model: string): boolean {
    let isOwn = this.#models.get(model);
    if (isOwn === undefined) {
      // As with prices: a model's name stands for its dated releases, too.
      isOwn = modelNames(model).includes(canonicalName(this.settings.model ?? ''));
      if (this.#models.size >= MOST_MODELS) this.#models.clear();
      this.#models.set(model, isOwn);
    }
    return isOwn;
  }
}

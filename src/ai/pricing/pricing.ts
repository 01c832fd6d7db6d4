import { describe } from '../../core/errors.js';
import { bundledPrices, isBundled } from './bundled-prices.js';
import { callCost } from './cost.js';
import { canonicalName, modelNames } from './model-name.js';
import type { ModelPrices, PricedCall, PricedCost, UnpricedReason } from './model-prices.js';
import { resolvePricing, type PricingOptions, type PricingSettings } from './pricing-options.js';
import { PRICE_TABLE_DATE } from './table.js';

/** What was found of a model, so that its names are taken apart once. */
type Found = { readonly prices: ModelPrices; readonly rate: number } | 'model' | 'currency';

/** By service, then by model. */
type Remembered = Map<string, Map<string, Found>>;

/** Models remembered. Apps use a handful; a gateway whose clients make up names must not fill the memory. */
const FOUND_LIMIT = 1_000;
const LONGEST_NAME = 200;

/** Currency of the bundled table. */
const TABLE_CURRENCY = 'USD';

/** Prices calls: by the user's prices, then by the bundled table, then by the user's function. */
export class Pricing {
  readonly #settings: PricingSettings;
  readonly #names: ReadonlySet<string>;
  readonly #onFault: (error: unknown) => void;
  readonly #found: Remembered = new Map();
  #foundSize = 0;

  /**
   * @param options `onFault` is told when `priceOf` throws or gives something that is no cost
   * @throws InvalidOptionError naming the option by its path: `ai.prices.gpt-4o.input`
   */
  constructor({ onFault, ...options }: PricingOptions & { readonly onFault?: (error: unknown) => void } = {}) {
    this.#settings = resolvePricing(options);
    this.#names = new Set(Object.keys(options.prices ?? {}));
    this.#onFault = onFault ?? (() => {});
  }

  /** Currency of all costs. */
  get currency(): string {
    return this.#settings.currency;
  }

  /** What a call cost, or why that is not known. Never throws. */
  costOf(call: PricedCall): PricedCost {
    const found = this.#find(call.service, call.model);
    if (typeof found === 'string') return this.#ask(call) ?? unpriced(found, call);
    const amount = callCost(found.prices, call.usage, call.serviceTier);
    const cost = amount === undefined ? NaN : amount * found.rate;
    return Number.isFinite(cost) ? { cost } : unpriced('usage', call);
  }

  /**
   * Whether a price stands under this very name, in small letters or as the user wrote it. Not under one that only
   * leads to a price, with a release or a prefix: of these there is no end, so a name that a client made up could be
   * one.
   */
  knows(service: string, model: string): boolean {
    if (this.#names.has(model) || this.#names.has(`${service}/${model}`)) return true;
    return this.#settings.bundledPrices && model === model.trim().toLowerCase() && isBundled(service, model);
  }

  #find(service: string, model: string): Found {
    const known = this.#found.get(service)?.get(model);
    if (known !== undefined) return known;
    const found = this.#lookUp(service, model);
    if (service.length <= LONGEST_NAME && model.length <= LONGEST_NAME) this.#remember(service, model, found);
    return found;
  }

  #remember(service: string, model: string, found: Found): void {
    if (this.#foundSize >= FOUND_LIMIT) {
      this.#found.clear();
      this.#foundSize = 0;
    }
    this.#foundSize++;
    let models = this.#found.get(service);
    if (models === undefined) this.#found.set(service, (models = new Map<string, Found>()));
    models.set(model, found);
  }

  #lookUp(service: string, model: string): Found {
    const names = modelNames(model);
    const own = this.#ownPrices(service, names);
    const prices = own ?? (this.#settings.bundledPrices ? bundledPrices(service, model, names) : undefined);
    if (prices === undefined) return 'model';
    const { currency, exchangeRates } = this.#settings;
    const rate = exchangeRates.get(prices.currency ?? (own === undefined ? TABLE_CURRENCY : currency));
    return rate === undefined ? 'currency' : { prices, rate };
  }

  #ownPrices(service: string, names: readonly string[]): ModelPrices | undefined {
    const { prices } = this.#settings;
    if (prices.size === 0) return undefined;
    const prefix = `${canonicalName(service)}/`;
    const name = names.find(candidate => prices.has(prefix + candidate));
    if (name !== undefined) return prices.get(prefix + name);
    return prices.get(names.find(candidate => prices.has(candidate)) ?? '');
  }

  /** What the user's function says; `undefined` where it doesn't know either. */
  #ask(call: PricedCall): PricedCost | undefined {
    const { priceOf } = this.#settings;
    if (priceOf === undefined) return undefined;
    try {
      const cost: unknown = priceOf(call);
      if (cost === undefined) return undefined;
      if (typeof cost === 'number' && Number.isFinite(cost) && cost >= 0) return { cost };
      // An asynchronous one comes too late, and its failure must not end the process.
      if (cost instanceof Promise) cost.catch(() => {});
      throw new TypeError(`priceOf gave ${cost instanceof Promise ? 'a promise' : describe(cost)}, expected a finite number of at least 0 or undefined`);
    } catch (error) {
      this.#onFault(error);
      return unpriced('adapter', call);
    }
  }
}

function unpriced(why: UnpricedReason, { service, model }: PricedCall): PricedCost {
  return { unpriced: why, reason: `a call of \`${model}\` (service \`${service}\`) has no cost: ${REASONS[why]}` };
}

const REASONS: Readonly<Record<UnpricedReason, string>> = {
  model: `no price of this model is known (the bundled ones are of ${PRICE_TABLE_DATE}); give one in \`ai.prices\`, or a cost by \`ai.priceOf\``,
  currency: 'its price is in a currency without a rate in `ai.exchangeRates`',
  usage: 'its tokens are not known',
  adapter: '`ai.priceOf` failed',
};

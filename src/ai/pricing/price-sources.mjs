// @ts-check
// Reads the two packages whose prices make the table. Pure; part of `npm run prices`.
import { LEFT_OUT } from './price-decisions.mjs';

/**
 * @typedef {import('./merge-prices.mjs').Entry} Entry
 * @typedef {import('./merge-prices.mjs').Prices} Prices
 * @typedef {import('./merge-prices.mjs').Tier} Tier
 */

/** Sellers in `genai-prices`, by what it calls them. */
export const GENAI_SELLERS = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
  mistral: 'mistral',
  deepseek: 'deepseek',
  cohere: 'cohere',
  'x-ai': 'x-ai',
  groq: 'groq',
  zai: 'zhipu',
  moonshotai: 'moonshot',
  aws: 'amazon',
};

/** @type {readonly [string, RegExp][]} */
const FAMILIES = [
  ['openai', /^(gpt-|o\d|text-embedding-|codex|chatgpt)/],
  ['anthropic', /^claude-[^@]*$/],
  ['google', /^gemini-/],
  ['mistral', /^(mistral|ministral|magistral|devstral|codestral|pixtral|open-mi)[^.]*$/],
  ['deepseek', /^deepseek-/],
  ['cohere', /^(command|embed)-/],
  ['x-ai', /^grok-/],
  ['qwen', /^(qwen|qwq|qvq)(?!\.)/],
  ['zhipu', /^glm-/],
  ['moonshot', /^(kimi|moonshot)-/],
  ['amazon', /^amazon\./],
];

/** Without the noise of a conversion: 0.13999999999999999 is 0.14. */
export const round = (/** @type {number} */ price) => Number(price.toPrecision(9));

const isLeftOut = (/** @type {string} */ name) => LEFT_OUT.some(pattern => pattern.test(name));

/**
 * Entries of one seller of `genai-prices`.
 *
 * @param {string} seller as in the table
 * @param {readonly any[]} models
 * @param {string} date prices that begin later are not taken
 * @returns {Entry[]}
 */
export function fromGenaiPrices(seller, models, date) {
  /** @type {Entry[]} */
  const entries = [];
  for (const model of models) {
    const prices = genaiPrices(model.prices, date);
    // Figures of a gateway under the maker's name, which its comments admit.
    const isForeign = /imported from openrouter|seen on openrouter|trusting/i.test(model.price_comments ?? '');
    const isOthers = seller === 'google' ? model.id.startsWith('claude') : false;
    if (prices === undefined || isForeign || isOthers) continue;
    const names = genaiNames(seller, model).filter(name => !isLeftOut(name));
    if (names.length > 0) entries.push({ seller, names, ...prices });
  }
  return entries;
}

/** @returns {string[]} the names a model has for sure; patterns are not names */
function genaiNames(/** @type {string} */ seller, /** @type {any} */ { id, match }) {
  const names = [id.replace(/-$/, '').replace(/^regional\./, '')];
  for (const rule of match?.or ?? [match ?? {}]) {
    if (typeof rule.equals === 'string') names.push(rule.equals);
    // Families: every Claude and Gemini whose name begins so.
    if (typeof rule.starts_with === 'string' && /^(anthropic|google)$/.test(seller)) names.push(rule.starts_with);
  }
  const own = seller === 'amazon' ? names.slice(0, 1) : names;
  return [...new Set(own.map(name => name.toLowerCase()))].filter(name => !/[@-]$|^x-ai\//.test(name));
}

/**
 * Prices of `genai-prices` that begin later, for whoever regenerates the table.
 *
 * @param {string} seller
 * @param {readonly any[]} models
 * @param {string} date
 * @returns {string[]}
 */
export function laterPrices(seller, models, date) {
  return models.flatMap(({ id, prices }) => {
    const starts = Array.isArray(prices) ? prices.map(({ constraint }) => constraint?.start_date ?? '').filter(start => start > date) : [];
    return starts.map(start => `${seller} ${id} changes on ${start}`);
  });
}

/**
 * The prices in force: of those that began, the last one; of those that change with the hour, the dearest. A
 * table knows no hours, and a budget had better stop early than late.
 */
function genaiPrices(/** @type {any} */ given, /** @type {string} */ date) {
  const all = Array.isArray(given) ? given : [{ prices: given }];
  const begun = all.filter(({ constraint }) => constraint === undefined || (constraint.start_date ?? '9999') <= date);
  const hourly = all.filter(({ constraint }) => constraint?.type === 'time_of_date');
  return [begun.at(-1), ...hourly]
    .map(item => item && genaiCard(item.prices))
    .filter(card => card !== undefined)
    .sort((a, b) => b.prices.input - a.prices.input)[0];
}

/** @returns {{ prices: Prices, tiers?: Tier[] } | undefined} `undefined` where text tokens are not all that is paid */
function genaiCard(/** @type {any} */ raw) {
  const fields = {
    input: raw.input_mtok,
    output: raw.output_mtok,
    cachedInput: raw.cache_read_mtok,
    cacheWrite: raw.cache_write_mtok,
    longCacheWrite: raw.cache_write_1h_mtok,
  };
  if (fields.input === undefined || raw.output_audio_mtok !== undefined || raw.output_image_mtok !== undefined) return undefined;
  /** @type {any} */ const prices = {};
  /** @type {Map<number, any>} */ const tiers = new Map();
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    prices[key] = round(typeof value === 'number' ? value : value.base);
    for (const { start, price } of value.tiers ?? []) tiers.set(start, { ...tiers.get(start), above: start, [key]: round(price) });
  }
  return withTiers(prices, [...tiers.values()]);
}

/**
 * Entries of `llm-pricing`: prices by the model's name, of whoever lists it first.
 *
 * @param {Readonly<Record<string, any>>} schedules
 * @param {string} date
 * @param {Readonly<Record<string, readonly (readonly [number, number])[]>>} [contextFactors] tiers that are stated as
 *   factors: `{ 'qwen-plus': [[256_000, 3]] }`
 * @returns {Entry[]}
 */
export function fromLlmPricing(schedules, date, contextFactors = {}) {
  /** @type {Entry[]} */
  const entries = [];
  for (const [name, { periods }] of Object.entries(schedules)) {
    const seller = FAMILIES.find(([, pattern]) => pattern.test(name))?.[0];
    if (seller === undefined || /\//.test(name) || isLeftOut(name)) continue;
    const period = periods.findLast((/** @type {any} */ { from }) => !(from > Date.parse(`${date}T00:00:00Z`)));
    const card = llmCard(seller, { ...period, rates: period.peak?.rates ?? period.rates });
    const tiers = [
      ...(period.contextTiers ?? []).map((/** @type {any} */ tier) => ({ above: tier.abovePromptTokens, ...llmCard(seller, tier) })),
      ...(contextFactors[name] ?? []).map(([above, factor]) => ({ above, ...scaled(card, factor) })),
    ];
    entries.push({ seller, names: [name], ...withTiers(card, tiers) });
  }
  return entries;
}

/** @returns {Prices} */
function scaled(/** @type {Prices} */ prices, /** @type {number} */ factor) {
  return /** @type {Prices} */ (Object.fromEntries(Object.entries(prices).map(([key, price]) => [key, round(price * factor)])));
}

/** Sellers whose caches do cost a tenth of the input. */
const TENTH = new Set(['openai', 'google', 'mistral']);

/**
 * One rate card. The package fills what a seller doesn't publish with a tenth of the input. Where that is no price
 * it is left out, so that the tokens cost what input costs. Alibaba's automatic cache costs a fifth, and writing to a
 * cache of one's own five quarters (https://www.alibabacloud.com/help/en/model-studio/context-cache).
 *
 * @returns {Prices}
 */
function llmCard(/** @type {string} */ seller, /** @type {any} */ { rates, reasoningRates }) {
  const perMillion = (/** @type {string} */ key) => round(rates[key] * 1e6);
  const input = perMillion('inputCostPerToken');
  const output = perMillion('outputCostPerToken');
  const cached = perMillion('cacheReadInputCostPerToken');
  const write = perMillion('cacheCreationInputCostPerToken');
  const isFilled = cached === write && Math.abs(cached - input / 10) < 1e-9;
  /** @type {Prices} */ const prices = { input };
  if (output > 0) prices.output = output;
  if (isFilled && seller === 'qwen') Object.assign(prices, { cachedInput: round(input / 5), cacheWrite: round(input * 1.25) });
  if ((!isFilled || TENTH.has(seller)) && cached > 0 && output > 0) prices.cachedInput = cached;
  if (!isFilled && write > input) prices.cacheWrite = write;
  if (reasoningRates !== undefined) prices.outputWhenReasoning = round(reasoningRates.outputCostPerToken * 1e6);
  return prices;
}

/** @returns {{ prices: Prices, tiers?: Tier[] }} */
function withTiers(/** @type {Prices} */ prices, /** @type {Tier[]} */ tiers) {
  return tiers.length > 0 ? { prices, tiers: tiers.sort((a, b) => a.above - b.above) } : { prices };
}

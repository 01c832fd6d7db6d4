// @ts-check
// Makes one price table of two packages. Pure; part of `npm run prices`.
import { round } from './price-sources.mjs';

/**
 * Prices per million tokens, named as in `model-prices.ts`.
 * @typedef {{ input: number, output?: number, cachedInput?: number, cacheWrite?: number, longCacheWrite?: number,
 *   outputWhenReasoning?: number }} Prices
 * @typedef {Partial<Prices> & { above: number }} Tier
 * @typedef {{ seller: string, names: string[], prices: Prices, tiers?: Tier[], serviceTiers?: Record<string, number> }} Entry
 * @typedef {(name: string) => readonly string[]} NamesOf the names under which a price may stand, see `model-name.ts`
 */

/** @type {(keyof Prices)[]} */
const KEYS = ['input', 'output', 'cachedInput', 'cacheWrite', 'longCacheWrite', 'outputWhenReasoning'];

/**
 * One list of two: the first goes before the second, which fills in what it lacks.
 *
 * @param {readonly Entry[]} first
 * @param {readonly Entry[]} second
 * @param {{ namesOf: NamesOf, preferSecond?: readonly { seller: string, name: string }[], override?: readonly Entry[] }} rules
 * @returns {{ entries: Entry[], disagreements: string[] }} with a line for each price on which they differ by over 5 %
 */
export function mergePrices(first, second, { namesOf, preferSecond = [], override = [] }) {
  const spelling = (/** @type {string} */ name) => namesOf(name)[0] ?? name;
  const withoutNames = (/** @type {Entry} */ entry, /** @type {(name: string) => boolean} */ isTaken) => ({
    ...entry,
    names: entry.names.filter(name => !isTaken(name)),
  });
  const isPreferred = (/** @type {string} */ seller, /** @type {string} */ name) =>
    preferSecond.some(item => item.seller === seller && spelling(item.name) === spelling(name));
  const isOverridden = (/** @type {string} */ seller, /** @type {string} */ name) =>
    override.some(item => item.seller === seller && item.names.some(other => spelling(other) === spelling(name)));

  const entries = [
    ...override,
    ...first.map(entry => withoutNames(entry, name => isPreferred(entry.seller, name) || isOverridden(entry.seller, name))),
  ].filter(entry => entry.names.length > 0);
  const bySpelling = new Map(entries.flatMap(entry => entry.names.map(name => [`${entry.seller}/${spelling(name)}`, entry])));

  /** @type {string[]} */ const disagreements = [];
  for (const entry of second) {
    const [name = ''] = entry.names;
    const known = namesOf(name).map(other => bySpelling.get(`${entry.seller}/${other}`)).find(found => found !== undefined);
    if (known === undefined || isPreferred(entry.seller, name)) entries.push(entry);
    else disagreements.push(...compare(name, known, entry));
  }
  return { entries: entries.map(tidy), disagreements };
}

/** @returns {string[]} */
function compare(/** @type {string} */ name, /** @type {Entry} */ { seller, prices: taken }, /** @type {Entry} */ { prices: other }) {
  return KEYS.flatMap(key => {
    const [a, b] = [taken[key], other[key]];
    if (a === undefined || b === undefined || Math.abs(a - b) <= 0.05 * Math.max(a, b)) return [];
    return [`${seller} ${name} ${key}: ${a} is taken, not ${b}`];
  });
}

/** Writing Claude's cache for an hour costs twice the input everywhere, which not every source says. */
function tidy(/** @type {Entry} */ entry) {
  const { prices, names } = entry;
  const isClaude = names.some(name => /(^|\.)claude-/.test(name));
  if (!isClaude || prices.cacheWrite === undefined || prices.longCacheWrite !== undefined) return entry;
  return { ...entry, prices: { ...prices, longCacheWrite: round(prices.input * 2) } };
}

/**
 * Bedrock's entries of other makers' models, as far as they don't cost what the maker takes: regional inference is
 * a tenth dearer.
 *
 * @param {readonly Entry[]} entries
 * @param {NamesOf} namesOf
 * @returns {Entry[]}
 */
export function withBedrock(entries, namesOf) {
  const makers = new Map(entries.filter(({ seller }) => seller !== 'amazon').flatMap(entry => entry.names.map(name => [namesOf(name)[0], entry])));
  return entries.flatMap(entry => {
    const [id = ''] = entry.names;
    if (entry.seller !== 'amazon') return [entry];
    if (/^(global\.)?amazon\./.test(id)) return [{ ...entry, names: [id.replace(/:\d+$/, '')] }];
    if (!/^(anthropic|openai)\./.test(id)) return [];
    const maker = namesOf(id).map(name => makers.get(name)).find(found => found !== undefined);
    if (maker !== undefined && maker.prices.input === entry.prices.input && maker.prices.output === entry.prices.output) return [];
    const name = namesOf(id).findLast(other => /^(anthropic|openai)\./.test(other)) ?? id;
    return [{ ...entry, names: [name] }];
  });
}

/**
 * Without the names that lead to their entry by the rules of names anyway.
 *
 * @param {readonly Entry[]} entries
 * @param {NamesOf} namesOf
 * @returns {Entry[]}
 */
export function withoutRedundantNames(entries, namesOf) {
  const owners = new Map(entries.flatMap(entry => entry.names.map(name => [`${entry.seller}/${namesOf(name)[0]}`, entry])));
  return entries.map(entry => {
    // Of two spellings the first, which is the maker's.
    const kept = new Map(entry.names.toReversed().map(name => [namesOf(name)[0] ?? name, name]));
    // The longest first, because they lead to the shorter ones.
    for (const spelling of [...kept.keys()].sort((a, b) => b.length - a.length)) {
      const next = namesOf(spelling).slice(1).find(name => owners.has(`${entry.seller}/${name}`));
      if (next !== undefined && kept.has(next)) kept.delete(spelling);
    }
    return { ...entry, names: [...kept.values()] };
  });
}

/**
 * The text of the table: sections by seller, a line for each model, both sorted. `bundled-prices.ts` reads it.
 *
 * @param {readonly Entry[]} entries
 * @param {readonly string[]} sellers in the order of their sections
 * @param {NamesOf} namesOf
 * @param {Readonly<Record<string, Readonly<Record<string, number>>>>} [modelTiers] factors by model
 * @param {Readonly<Record<string, Readonly<Record<string, number>>>>} [sellerTiers] factors by seller
 */
export function formatTable(entries, sellers, namesOf, modelTiers = {}, sellerTiers = {}) {
  const bySpelling = new Map(Object.entries(modelTiers).map(([name, tiers]) => [namesOf(name)[0], tiers]));
  const letters = { input: 'i', output: 'o', cachedInput: 'c', cacheWrite: 'w', longCacheWrite: 'l', outputWhenReasoning: 'q' };
  const words = (/** @type {Partial<Prices>} */ prices) => KEYS.flatMap(key => (prices[key] === undefined ? [] : [letters[key] + prices[key]]));
  const factors = (/** @type {Record<string, number>} */ tiers) => Object.entries(tiers).map(([name, factor]) => `${name}*${factor}`).sort();

  return sellers.map(seller => {
    const lines = entries.filter(entry => entry.seller === seller && entry.names.length > 0).map(entry => {
      const names = [...entry.names].sort();
      const own = Object.assign({}, ...names.map(name => bySpelling.get(namesOf(name)[0])), entry.serviceTiers);
      const tiers = (entry.tiers ?? []).flatMap(({ above, ...prices }) => [`>${above}`, ...words(prices)]);
      return [names.join(), ...words(entry.prices), ...tiers, ...factors(own)].join(' ');
    });
    return [[`# ${seller}`, ...factors(sellerTiers[seller] ?? {})].join(' '), ...lines.sort()].join('\n');
  }).join('\n');
}

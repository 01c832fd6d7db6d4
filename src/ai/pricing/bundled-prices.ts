import { canonicalName } from './model-name.js';
import type { ContextTier, ModelPrices, TokenPrices } from './model-prices.js';
import { ELSEWHERE, sellerOf } from './sellers.js';
import { PRICE_TABLE } from './table.js';

type Section = Map<string, ModelPrices>;

interface Table {
  readonly sections: ReadonlyMap<string, Section>;
  /** What a model costs whoever is said to sell it. */
  readonly anywhere: Section;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The letters of the table, see there. */
const FIELDS: Readonly<Record<string, keyof TokenPrices>> = {
  i: 'input',
  o: 'output',
  c: 'cachedInput',
  w: 'cacheWrite',
  l: 'longCacheWrite',
  q: 'outputWhenReasoning',
};

/** Models of open weights, `qwen3-32b`, `gpt-oss-120b`, `mixtral-8x7b`: sold by many, at many prices. */
const OPEN_WEIGHTS = /(?:^|-)(?:\d+x)?\d+b(?:-|$)/;

/** A gateway's path of a model that someone else runs. */
const HOSTED = /^accounts\//i;

let table: Table | undefined;

/**
 * The bundled price of a model, in USD. Models of open weights have one only where the service says who
 * sells them (`groq`, `dashscope`), and models that run elsewhere (`ollama`, `fireworks`) have none.
 *
 * @param names the model's names, the most particular first
 */
export function bundledPrices(service: string, model: string, names: readonly string[]): ModelPrices | undefined {
  const seller = sellerOf(service);
  if (seller === ELSEWHERE || HOSTED.test(model)) return undefined;
  table ??= parseTable(PRICE_TABLE);
  const own = seller === undefined ? undefined : firstOf(table.sections.get(seller), names);
  return own ?? (seller === 'groq' ? undefined : firstOf(table.anywhere, names));
}

/** Whether the table has a price under this very name. */
export function isBundled(service: string, name: string): boolean {
  return bundledPrices(service, name, [canonicalName(name)]) !== undefined;
}

function firstOf(section: Section | undefined, names: readonly string[]): ModelPrices | undefined {
  for (const name of names) {
    const prices = section?.get(name);
    if (prices !== undefined) return prices;
  }
  return undefined;
}

/**
 * Reads the text of `table.ts`: sections (`# openai batch*0.5`) of lines (`gpt-4o i2.5 o10 c1.25 priority*1.7`).
 * Done once, when a price is first looked up: at import it would cost every app its heap.
 */
export function parseTable(text: string): Table {
  const sections = new Map<string, Section>();
  const anywhere: Section = new Map();
  let section: Section = new Map();
  let seller = '';
  let shared: ModelPrices['serviceTiers'];
  for (const line of text.trim().split('\n')) {
    const [names = '', ...words] = line.split(' ');
    if (names === '#') {
      [seller = ''] = words;
      shared = parsePrices(words.slice(1)).serviceTiers;
      section = new Map();
      sections.set(seller, section);
      continue;
    }
    const prices = parsePrices(words, shared);
    for (const name of names.split(',').map(canonicalName)) {
      section.set(name, prices);
      if (seller !== 'groq' && !OPEN_WEIGHTS.test(name) && !anywhere.has(name)) anywhere.set(name, prices);
    }
  }
  return { sections, anywhere };
}

function parsePrices(words: readonly string[], shared?: ModelPrices['serviceTiers']): ModelPrices {
  const prices: Writable<ModelPrices> = { input: 0 };
  const tiers: Writable<ContextTier>[] = [];
  const serviceTiers: Record<string, number> = {};
  let target: Partial<Record<keyof TokenPrices, number>> = prices;
  for (const word of words) {
    const [name = '', factor] = word.split('*');
    const field = FIELDS[word.charAt(0)];
    if (factor !== undefined) serviceTiers[name] = Number(factor);
    else if (word.startsWith('>')) {
      const tier: Writable<ContextTier> = { aboveInputTokens: Number(word.slice(1)) };
      tiers.push(tier);
      target = tier;
    } else if (field !== undefined) target[field] = Number(word.slice(1));
  }
  if (tiers.length > 0) prices.tiers = tiers;
  const all = Object.keys(serviceTiers).length > 0 ? { ...shared, ...serviceTiers } : shared;
  if (all !== undefined) prices.serviceTiers = all;
  return prices;
}

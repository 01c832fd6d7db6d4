// @ts-check
// What the two sources of the price table don't say, decided by people. Part of `npm run prices`.

/** @typedef {import('./merge-prices.mjs').Entry} Entry */

/**
 * Discounts and surcharges by service tier that hold for all models of a seller, as factors.
 *
 * - OpenAI: https://developers.openai.com/api/docs/pricing (batch and flex cost half), the rest below by model
 * - Anthropic: https://platform.claude.com/docs/en/about-claude/pricing (batch costs half; priority is by contract)
 * - Google: https://ai.google.dev/gemini-api/docs/optimization (batch and flex cost half, priority 75 to 100 % more:
 *   1.8 times in its table). `on_demand_…` is what Vertex AI calls them.
 * - Mistral, Groq, Alibaba, Amazon: a batch costs half.
 *
 * @type {Readonly<Record<string, Readonly<Record<string, number>>>>}
 */
export const SELLER_TIERS = {
  openai: { batch: 0.5, flex: 0.5, priority: 2, fast: 2 },
  anthropic: { batch: 0.5 },
  google: { batch: 0.5, flex: 0.5, on_demand_flex: 0.5, priority: 1.8, on_demand_priority: 1.8 },
  mistral: { batch: 0.5 },
  groq: { batch: 0.5 },
  qwen: { batch: 0.5 },
  amazon: { batch: 0.5 },
};

/**
 * Factors of single models, over those of their seller: OpenAI's priority processing
 * (https://openai.com/api-priority-processing). Claude's fast mode comes with `llm-pricing`.
 *
 * @type {Readonly<Record<string, Readonly<Record<string, number>>>>}
 */
export const MODEL_TIERS = {
  'gpt-4.1': { priority: 1.75, fast: 1.75 },
  'gpt-4.1-mini': { priority: 1.75, fast: 1.75 },
  'gpt-4o': { priority: 1.7, fast: 1.7 },
  'gpt-4o-2024-05-13': { priority: 1.75, fast: 1.75 },
  'gpt-4o-mini': { priority: 1.666666667, fast: 1.666666667 },
  'gpt-5-mini': { priority: 1.8, fast: 1.8 },
  'gpt-5.1-codex-mini': { priority: 1.8, fast: 1.8 },
  'gpt-5.5': { priority: 2.5, fast: 2.5 },
  o3: { priority: 1.75, fast: 1.75 },
  'o4-mini': { priority: 1.818181818, fast: 1.818181818 },
};

/**
 * Names whose price is taken from `llm-pricing` although `genai-prices` has one, with the reason.
 * @type {readonly { seller: string, name: string, why: string }[]}
 */
export const PREFER_SECOND = [
  { seller: 'deepseek', name: 'deepseek-chat', why: 'the price of DeepSeek V3, which ended in 2025' },
  { seller: 'deepseek', name: 'deepseek-reasoner', why: 'the price of DeepSeek R1, which ended in 2025' },
  { seller: 'mistral', name: 'mistral-large-latest', why: 'has been Mistral Large 3 since December 2025' },
  { seller: 'mistral', name: 'mistral-small-latest', why: 'has been Mistral Small 4 since March 2026' },
];

/**
 * Prices of the sellers' pages, newer than both sources. Read there, or, where it says so, in reports that agree on
 * them. Remove them as the sources catch up.
 * @type {readonly Entry[]}
 */
export const FROM_SELLERS = [
  // https://developers.openai.com/api/docs/models/gpt-6.2-sol; by reports the same for 6.1
  {
    seller: 'openai',
    names: ['gpt-6.1-sol', 'gpt-6.2-sol'],
    prices: { input: 2, output: 10, cachedInput: 0.1, cacheWrite: 2.5 },
    tiers: [{ above: 272_000, input: 4, output: 15, cachedInput: 0.2, cacheWrite: 5 }],
    serviceTiers: { ultrafast: 3 },
  },
  // https://platform.claude.com/docs/en/models/sonnet-5-5/overview; by reports its cached price fell to 0.1 on 2026-10-07
  {
    seller: 'anthropic',
    names: ['claude-sonnet-5-5'],
    prices: { input: 2, output: 10, cachedInput: 0.1, cacheWrite: 2.5, longCacheWrite: 4 },
  },
  // By reports
  {
    seller: 'anthropic',
    names: ['claude-haiku-5-5'],
    prices: { input: 0.1, output: 0.5, cachedInput: 0.01, cacheWrite: 0.125, longCacheWrite: 0.2 },
    tiers: [{ above: 100_000, input: 0.5, output: 2.5, cachedInput: 0.05, cacheWrite: 0.625, longCacheWrite: 1 }],
  },
  // https://api-docs.deepseek.com/quick_start/pricing; of peak hours, as the others of DeepSeek's
  {
    seller: 'deepseek',
    names: ['deepseek-flash', 'deepseek-v4-flash'],
    prices: { input: 0.3, output: 1.2, cachedInput: 0.006 },
  },
  // https://docs.x.ai/developers/pricing
  {
    seller: 'x-ai',
    names: ['grok-4.7'],
    prices: { input: 2, output: 6, cachedInput: 0.5 },
    tiers: [{ above: 199_999, input: 4, output: 12, cachedInput: 1 }],
  },
  {
    seller: 'x-ai',
    names: ['grok-4.20-multi-agent'],
    prices: { input: 1.25, output: 2.5, cachedInput: 0.2 },
    tiers: [{ above: 199_999, input: 2.5, output: 5, cachedInput: 0.4 }],
  },
  // Its launch promotion, which genai-prices has, ended on 2026-09-09.
  { seller: 'zhipu', names: ['glm-5.3-flash'], prices: { input: 0.15, output: 0.5, cachedInput: 0.03 } },
];

/**
 * Left out, whoever lists it: what is not paid by text tokens alone (sound, pictures, pages, searches), what
 * someone else sells under the maker's name, and what ended long ago. They stay unpriced rather than wrong.
 */
export const LEFT_OUT = [
  /audio|realtime|transcri|tts|voice|sonic|whisper|voxtral|asr|livetranslate|-live/,
  /image|video|imagine|vision-preview|ocr|omni|moderation/,
  /search|deep-research|computer-use|robotics|customtools|safeguard/,
  // Variants (`:free`), but not fine-tuned models (`ft:`) and Bedrock's versions (`:0`).
  /^(?!ft:|.*:\d).*:/,
  /^(ada|babbage|curie|davinci|text-(ada|curie|davinci)|claude-(v1|2)|gemini-(pro|flash)-1|gemini-(pro|1\.0)|gpt-4-turbo-vision)/,
  /^gpt-oss|^gemma|^deepseek-(r1|v3|chat-)|^deepseek-v4-flash-|^kimi-k2$|^grok-4-20/,
  /^mistral-(small-24b|small-3\.)|^qwen-mt|^qwen-plus-character|-maas$|\.ft-?$|^claude.*-20\d\d$/,
];

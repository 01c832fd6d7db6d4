// @ts-check
// `npm run prices`: writes table.ts anew from the packages below, and prints on which prices they disagree. To
// take newer prices, raise the versions and dates here, and look through price-decisions.mjs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { formatTable, mergePrices, withBedrock, withoutRedundantNames } from './merge-prices.mjs';
import { FROM_SELLERS, MODEL_TIERS, PREFER_SECOND, SELLER_TIERS } from './price-decisions.mjs';
import { fromGenaiPrices, fromLlmPricing, GENAI_SELLERS, laterPrices } from './price-sources.mjs';

const SOURCES = [
  { name: '@pydantic/genai-prices', version: '0.1.8', released: '2026-09-23', license: 'MIT, Copyright (c) Pydantic Services Inc. 2025 to present' },
  { name: 'llm-pricing', version: '0.18.0', released: '2026-09-23', license: 'MIT, Copyright (c) 2026 Jannchie' },
];
/** Prices of this day are taken. */
const DATE = '2026-09-23';
/** When the pages in price-decisions.mjs were read. */
const PAGES_READ = '2026-11-22';
const TARGET = new URL('table.ts', import.meta.url);

const folder = mkdtempSync(join(tmpdir(), 'sightline-prices-'));
try {
  const packages = SOURCES.map(({ name, version }) => `${name}@${version}`);
  execFileSync('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  const { findProvider } = await load('@pydantic/genai-prices');
  const { FALLBACK, OVERRIDES, FAST_MULTIPLIERS, CONTEXT_TIER_MULTIPLIERS } = await load('llm-pricing/internal');
  const { modelNames } = await compiled('model-name.ts');
  const { SELLERS } = await compiled('sellers.ts');

  const providers = Object.entries(GENAI_SELLERS).map(([id, seller]) => ({ seller, models: findProvider({ providerId: id }).models }));
  const first = providers.flatMap(({ seller, models }) => fromGenaiPrices(seller, models, DATE));
  const second = fromLlmPricing({ ...FALLBACK, ...OVERRIDES }, DATE, CONTEXT_TIER_MULTIPLIERS);
  const { entries, disagreements } = mergePrices(first, second, { namesOf: modelNames, preferSecond: PREFER_SECOND, override: FROM_SELLERS });
  const lean = withoutRedundantNames(withBedrock(entries, modelNames), modelNames);
  const table = formatTable(lean, SELLERS, modelNames, { ...fastTiers(FAST_MULTIPLIERS), ...MODEL_TIERS }, SELLER_TIERS);

  writeFileSync(TARGET, moduleText(table));
  const later = providers.flatMap(({ seller, models }) => laterPrices(seller, models, DATE));
  for (const line of [...disagreements.sort().map(text => `differs: ${text}`), ...later.sort().map(text => `later: ${text}`)]) console.log(line);
  console.log(`${table.split('\n').length - SELLERS.length} prices, ${Buffer.byteLength(moduleText(table))} bytes: ${TARGET.pathname}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @returns {Promise<any>} */
function load(/** @type {string} */ name) {
  return import(pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href);
}

/** A module of the library that imports nothing. @returns {Promise<any>} */
function compiled(/** @type {string} */ file) {
  const { code } = transformSync(readFileSync(new URL(file, import.meta.url), 'utf8'), { loader: 'ts', format: 'esm' });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}

/** Claude's fast mode: `[[6, ['claude-opus-4-6']]]` becomes factors by model. */
function fastTiers(/** @type {readonly [number, readonly string[]][]} */ multipliers) {
  return Object.fromEntries(
    multipliers.flatMap(([fast, names]) => names.filter(name => name.startsWith('claude-')).map(name => [name, { fast }])),
  );
}

function moduleText(/** @type {string} */ table) {
  const sources = SOURCES.map(({ name, version, released, license }) => ` *   - ${name} ${version}, released ${released} (${license})`);
  // The longest file a lint rule allows has 350 lines.
  const lint = table.split('\n').length > 320 ? '/* eslint-disable max-lines -- a table */\n' : '';
  return `${lint}/**
 * Prices of AI models in USD. Written by \`npm run prices\`; not edited by hand.
 *
 * The figures come from
${sources.join('\n')}
 *   - the sellers' pages and what price-decisions.mjs says besides, read on ${PAGES_READ}
 *
 * \`# seller\` opens a section; after it stand factors by service tier that hold for its models. A line is a model:
 * its names, prices per million tokens (i input, o output, c cached input, w cache write, l cache write for an hour,
 * q output when it reasoned), those of inputs larger than >n tokens, and factors of its own.
 */

/** The day of the prices. */
export const PRICE_TABLE_DATE = '${DATE}';

export const PRICE_TABLE: string = \`
${table}
\`;
`;
}

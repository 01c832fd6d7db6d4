// @ts-check
// `npm run bench`. Measures each budget against what users would have otherwise, as ratios within one run.
//
//   npm run bench                     everything, about a quarter of an hour
//   npm run bench -- --quick          fewer slices, about two minutes; the figures are rough
//   npm run bench -- --only record    one row; may be repeated
import os from 'node:os';
import { setup as buildPackage } from '../support/built-package.mjs';
import { ensureInstalled } from '../support/ensure-installed.mjs';
import { activity } from './rows/activity.mjs';
import { aiCalls } from './rows/ai-calls.mjs';
import { alerts } from './rows/alerts.mjs';
import { express, tracing } from './rows/express-cost.mjs';
import { instrument } from './rows/instrument.mjs';
import { recordRequest } from './rows/record-request.mjs';
import { scrape } from './rows/scrape.mjs';
import { seriesMemory } from './rows/series-memory.mjs';
import { startUp } from './rows/start-up.mjs';
import { wholeServer } from './rows/whole-server.mjs';
import { ensurePeers, placePackage } from './support/peers.mjs';
import { showTable } from './support/report.mjs';

/** @typedef {{ quick: boolean }} Scale */

/**
 * One budget, and whether it is met.
 *
 * @typedef {object} Verdict
 * @property {string} path
 * @property {string} budget
 * @property {string} measured
 * @property {boolean} isMet
 */

/** @typedef {{ head: string[], rows: string[][] }} Table */

/**
 * @typedef {object} Row
 * @property {string} name for `--only`
 * @property {string} title
 * @property {(scale: Scale) => Promise<{ verdicts: Verdict[], table: Table }>} run
 */

/** @type {Row[]} */
const ROWS = [recordRequest, express, tracing, instrument, scrape, startUp, seriesMemory, aiCalls, alerts, activity, wholeServer];

try {
  const { rows, quick } = parse(process.argv.slice(2));
  ensureInstalled();
  buildPackage();
  ensurePeers();
  placePackage();
  console.log(`Node ${process.version}, ${os.cpus().length} cores, ${os.cpus()[0]?.model ?? 'unknown processor'}`);
  /** @type {Verdict[]} */ const verdicts = [];
  for (const row of rows) {
    const start = performance.now();
    const result = await row.run({ quick });
    console.log(`\n### ${row.title}\n\n${showTable(result.table)}`);
    console.log(`\n(\`${row.name}\`: ${((performance.now() - start) / 1_000).toFixed(0)} s)`);
    verdicts.push(...result.verdicts);
  }
  const head = ['path', 'budget', 'measured', 'met'];
  const cells = verdicts.map(({ path, budget, measured, isMet }) => [path, budget, measured, isMet ? 'yes' : '**no**']);
  console.log(`\n### Budgets\n\n${showTable({ head, rows: cells })}`);
} catch (error) {
  console.error(`\n✗ ${error instanceof Error ? error.message : error}`);
  // Not by the exit code alone: children that wait for their next slice would keep this process.
  process.exit(1);
}

/** @param {string[]} args */
function parse(args) {
  /** @type {string[]} */ const only = [];
  let quick = false;
  for (let i = 0; i < args.length; i += 1) {
    if (args[i] === '--only') only.push(args[(i += 1)] ?? '');
    else if (args[i] === '--quick') quick = true;
    else throw new Error(`There is no option ${args[i]}; there are --only and --quick.`);
  }
  const unknown = only.find(name => !ROWS.some(row => row.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no row "${unknown}"; there are ${ROWS.map(({ name }) => name).join(', ')}.`);
  }
  return { rows: only.length > 0 ? ROWS.filter(({ name }) => only.includes(name)) : ROWS, quick };
}

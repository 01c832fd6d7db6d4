// @ts-check
// `npm test`. Installs what is missing, then runs every check, stopping at the first that fails.
//
//   npm test                                  everything
//   npm test -- test/core/clock.test.ts       only these tests; whatever vitest takes
//   npm test -- --only lint                   only this step; may be repeated
import { run } from './support/command.mjs';
import { ensureInstalled } from './support/ensure-installed.mjs';
import { ensureServers } from './support/servers.mjs';

/** The scripts of package.json to run, in this order, and what each shows. */
const STEPS = [
  { script: 'lint', title: 'Lint' },
  { script: 'typecheck', title: 'Types: source, tests and examples, in both decorator modes' },
  { script: 'build', title: 'Build' },
  { script: 'knip', title: 'Unused files, exports and dependencies' },
  { script: 'publint', title: 'Package manifest' },
  { script: 'attw', title: 'Package types, as ESM and CommonJS users find them' },
  { script: 'vitest', title: 'Tests' },
];

try {
  const { steps, vitestArgs } = parse(process.argv.slice(2));
  ensureInstalled();
  ensureServers();
  for (const step of steps) runStep(step, vitestArgs);
} catch (error) {
  console.error(`\n✗ ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

/** @param {string[]} args */
function parse(args) {
  /** @type {string[]} */ const only = [];
  /** @type {string[]} */ const vitestArgs = [];
  for (let i = 0; i < args.length; i += 1) {
    if (args[i] === '--only') only.push(args[(i += 1)] ?? '');
    else vitestArgs.push(args[i] ?? '');
  }
  const unknown = only.find(name => !STEPS.some(({ script }) => script === name));
  if (unknown !== undefined) {
    throw new Error(`There is no step "${unknown}"; there are ${STEPS.map(({ script }) => script).join(', ')}.`);
  }
  if (only.length === 0 && vitestArgs.length > 0) only.push('vitest');
  return { steps: only.length > 0 ? STEPS.filter(({ script }) => only.includes(script)) : STEPS, vitestArgs };
}

/**
 * @param {(typeof STEPS)[number]} step
 * @param {string[]} vitestArgs
 */
function runStep({ script, title }, vitestArgs) {
  console.log(`\n▶ ${title} (${script})`);
  if (script === 'vitest') {
    // Shows its own time and outcome; the totals it prints last stay the last line.
    process.exitCode = run('npm', ['run', '--silent', script, '--', ...vitestArgs]);
    return;
  }
  const start = performance.now();
  const code = run('npm', ['run', '--silent', script]);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (code !== 0) throw new Error(`${title}: failed after ${seconds} s. Again alone: npm test -- --only ${script}`);
  console.log(`✓ ${title}: ${seconds} s`);
}

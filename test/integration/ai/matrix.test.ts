import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../support/command.mjs';
import { nodeBinary } from '../../support/node-versions.mjs';
import type { Column, Row } from './harness/matrix.mjs';
import { ensureSdks, placeFiles } from './project.mjs';
import { PROGRAMS, runProgram } from './programs.js';
import { matrixTable } from './table.js';

const COLUMNS: readonly Column[] = ['plain', 'stream', 'error', 'abort'];

/** As many as there are processors to run them, in a small machine. */
const AT_ONCE = 2;

/** By the title of the program's tests. */
const results = new Map<string, Promise<Row[]>>();
const runs = PROGRAMS.flatMap(program => program.nodes.map(node => ({ program, node, title: titleOf(program, node) })));

beforeAll(async () => {
  ensureSdks();
  placeFiles();
  for (const { node } of runs) nodeBinary(node);
  const waiting = [...runs];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
        const rows = runProgram(run.program, run.node);
        results.set(run.title, rows);
        await rows.catch(() => {});
      }
    }),
  );
}, 600_000);

afterAll(async () => {
  const rows = await Promise.all(
    runs.map(async ({ title, node }) => {
      const these = await (results.get(title) ?? Promise.resolve([])).catch((): Row[] => []);
      return these.map(row => ({ ...row, provider: `${row.provider}, Node ${node}` }));
    }),
  );
  console.log(`\n${matrixTable(rows.flat())}\n`);
});

describe.each(runs)('$title', ({ title }) => {
  const rowsOf = async (column: Column): Promise<Row[]> => ((await results.get(title)) ?? []).filter(row => row.column === column);

  test('the stand-in speaks its language, and the SDK does what the test expects of it', async () => {
    const rows = (await results.get(title)) ?? [];
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.flatMap(({ provider, case: name, problems }) => problems.map(problem => `${provider}, ${name}: ${problem}`))).toEqual([]);
  });

  test.each(COLUMNS)('%s: each call is booked once, as what it was', async column => {
    const rows = await rowsOf(column);
    expect(rows.length).toBeGreaterThan(0);
    expect(byCase(rows, ({ booked }) => booked)).toEqual(byCase(rows, ({ expected }) => expected));
  });

  test.each(COLUMNS)('%s: the caller sees what it would without Sightline', async column => {
    const rows = await rowsOf(column);
    expect(rows.flatMap(({ provider, case: name, differences }) => differences.map(each => `${provider}, ${name}: ${each}`))).toEqual([]);
  });
});

test("the SDKs' lock file names no registry", () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'test/integration/ai/sdks/package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string }>;
  };
  expect(Object.keys(packages).filter(path => packages[path]?.resolved !== undefined)).toEqual([]);
});

function byCase<T>(rows: readonly Row[], valueOf: (row: Row) => T): Record<string, T> {
  return Object.fromEntries(rows.map(row => [`${row.provider}, ${row.case}`, valueOf(row)]));
}

function titleOf({ name, args = [] }: { name: string; args?: readonly string[] }, node: number): string {
  return `${[name, ...args].join(' ')} on Node ${node}`;
}

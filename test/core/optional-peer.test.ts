import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isSightlineError } from '../../src/core/errors.js';
import { loadOptionalPeer } from '../../src/core/optional-peer.js';

/** A folder of packages that fail in different ways; required by path, as no test may write into node_modules. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-peers-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A package with this source; gives the path to load it by. */
function packageWith(name: string, source: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'index.js'), source);
  return path;
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('a package that is installed is loaded, once', () => {
  const first = loadOptionalPeer<{ Registry: unknown }>('prom-client', 'nothing');

  expect(first.Registry).toBeTypeOf('function');
  expect(loadOptionalPeer('prom-client', 'nothing')).toBe(first);
});

test('a package that is missing is named, with the line that installs it', () => {
  const error = thrownBy(() => loadOptionalPeer('@sightline-test/no-such-package', '`tracing.exporter: "jaeger"`'));

  expect(isSightlineError(error)).toBe(true);
  expect(error).toMatchObject({
    code: 'SIGHTLINE_MISSING_PEER',
    message:
      'The package `@sightline-test/no-such-package` is needed for `tracing.exporter: "jaeger"` and is not installed. ' +
      'Run: npm install @sightline-test/no-such-package',
    cause: expect.objectContaining({ code: 'MODULE_NOT_FOUND' }),
  });
});

describe('a package that is there but fails is not reported as missing', () => {
  test('for lack of a package of its own', () => {
    const path = packageWith('half-installed', "require('a-dependency-of-half-installed')");
    const error = thrownBy(() => loadOptionalPeer(path, 'x'));

    expect(isSightlineError(error)).toBe(false);
    expect(error).toMatchObject({ code: 'MODULE_NOT_FOUND', message: expect.stringContaining('a-dependency-of-half-installed') });
  });

  test('by an error while it loads', () => {
    const path = packageWith('broken', "throw new TypeError('needs Node 99')");

    expect(thrownBy(() => loadOptionalPeer(path, 'x'))).toMatchObject({ name: 'TypeError', message: 'needs Node 99' });
  });
});

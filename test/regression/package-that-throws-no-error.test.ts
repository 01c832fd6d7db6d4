import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadOptionalPeer } from '../../src/core/optional-peer.js';

test('a package that throws undefined as it loads has that thrown on', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-peers-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  writeFileSync(join(folder, 'index.js'), 'throw undefined');

  let caught: unknown = 'nothing';
  try {
    loadOptionalPeer(folder, 'x');
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeUndefined();
});

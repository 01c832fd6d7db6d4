import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const LEGACY = 'test/**/*.legacy.test.ts';
const INTEGRATION = 'test/integration/**/*.test.ts';

export default defineConfig({
  test: {
    reporters: ['default', './test/support/totals-reporter.ts'],
    coverage: { include: ['src/**/*.ts'] },
    // Most of the time goes by waiting for servers and processes; by default two cores get one worker.
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [LEGACY, INTEGRATION],
        },
      },
      {
        extends: true,
        esbuild: { tsconfigRaw: { compilerOptions: { experimentalDecorators: true } } },
        test: {
          name: 'legacy-decorators',
          include: [LEGACY],
          exclude: [INTEGRATION],
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: [INTEGRATION],
          globalSetup: ['test/support/built-package.mjs'],
          // Servers start, packages are installed.
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});

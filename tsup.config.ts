import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/express/index.ts', 'src/koa/index.ts', 'src/activity/index.ts', 'src/ai/index.ts', 'src/alerting/index.ts', 'src/alerting/testing/index.ts', 'src/business/index.ts', 'src/tracing/index.ts'],
  format: ['esm', 'cjs'],
  target: 'node20',
  clean: true,
  sourcemap: true,
  removeNodeProtocol: false,
  // Without shared chunks `sightline` and `sightline/express` would each hold their own copy.
  splitting: true,
  // Rollup then writes the CommonJS chunks. Left to itself tsup uses sucrase, which turns each
  // `?.` and `??` into a call of a helper, on the hot path too.
  treeshake: 'safest',
  esbuildOptions(options, { format }) {
    // Source text stays in memory: without comments and blanks the package takes a quarter less heap.
    // Names stay, for stack traces.
    options.minifyWhitespace = true;
    // Node prints the line of an error that nobody catches: without this all of the file, and what is wrong below it.
    options.lineLimit = 240;
    options.minifySyntax = true;
    // Enough for `createRequire`, the only use (a lint rule keeps it so). tsup's and Rollup's own
    // shims look for a browser's `document` first and throw where a test set-up provides one.
    if (format === 'cjs') options.define = { ...options.define, 'import.meta.url': '__filename' };
  },
  dts: {
    // tsup sets `baseUrl`, which TypeScript 6 deprecates.
    compilerOptions: { ignoreDeprecations: '6.0' },
  },
});

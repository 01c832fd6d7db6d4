import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** A script, bundled so that Node runs it. */
export interface BuiltScript {
  readonly path: string;
  remove(): void;
}

export async function buildScript(source: URL): Promise<BuiltScript> {
  const entry = fileURLToPath(source);
  const name = basename(entry, '.ts');
  const cache = join(import.meta.dirname, '../../../../.cache');
  mkdirSync(cache, { recursive: true });
  // In the repository, where it finds the packages.
  const folder = mkdtempSync(join(cache, `${name}-`));
  const output = { entryFileNames: `${name}.mjs` };
  await build({ configFile: false, logLevel: 'error', build: { ssr: entry, outDir: folder, rollupOptions: { output } } });
  return {
    path: join(folder, `${name}.mjs`),
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

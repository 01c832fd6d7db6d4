import { createRequire } from 'node:module';
import { SightlineError } from './errors.js';

// Synchronous on purpose: `createMonitor` is, and the first request must already be traced.
// A bundler that makes CommonJS of the ESM build leaves `import.meta` empty; there it has `__filename`.
const load = createRequire(import.meta.url ?? __filename);

/**
 * Loads a package that only some set-ups need, when the first of them needs it.
 *
 * @param name package to load
 * @param neededFor what the user configured, completing "is needed for …"
 * @throws SightlineError `SIGHTLINE_MISSING_PEER`, with the line that installs it
 */
export function loadOptionalPeer<T>(name: string, neededFor: string): T {
  try {
    return load(name) as T;
  } catch (cause) {
    if (isNotFound(cause, name)) {
      throw new SightlineError(
        'SIGHTLINE_MISSING_PEER',
        `The package \`${name}\` is needed for ${neededFor} and is not installed. Run: npm install ${name}`,
        { cause },
      );
    }
    throw cause;
  }
}

function isNotFound(cause: unknown, name: string): boolean {
  // A package may throw anything while it loads.
  const { code, message } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  return code === 'MODULE_NOT_FOUND' && String(message).includes(`'${name}'`);
}

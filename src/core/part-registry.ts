import { isSightlineError, SightlineError } from './errors.js';
import { loadOptionalPeer } from './optional-peer.js';

/** One for both builds of the package. */
const KEY = Symbol.for('sightline.parts.v1');
const holder = globalThis as { [KEY]?: Map<string, unknown> };

/** A part of Sightline says that it is loaded: called by its subpath, when an app imports that. */
export function registerPart(name: string, part: unknown): void {
  const parts = (holder[KEY] ??= new Map<string, unknown>());
  if (!parts.has(name)) parts.set(name, part);
}

/**
 * A part that not every app needs, which would take memory in every one: as the app has imported it, else loaded now.
 *
 * @param name of its subpath: `alerting`
 * @throws SightlineError `SIGHTLINE_MISSING_PART` in a bundle that holds neither the part nor the package
 */
export function loadPart<T>(name: string): T {
  if (holder[KEY]?.has(name) !== true) loadSubpath(`sightline/${name}`);
  return holder[KEY]?.get(name) as T;
}

/** By the package's own name; synchronous, because the getters of a monitor are. */
function loadSubpath(subpath: string): void {
  try {
    loadOptionalPeer(subpath, 'a monitor');
  } catch (cause) {
    if (!isSightlineError(cause) || cause.code !== 'SIGHTLINE_MISSING_PEER') throw cause;
    throw new SightlineError(
      'SIGHTLINE_MISSING_PART',
      `\`${subpath}\` is loaded when it is first used, and was not found. A bundler can't see that it is needed: ` +
        `write \`import '${subpath}';\` where the app starts, or leave \`sightline\` out of the bundle.`,
      { cause: cause.cause },
    );
  }
}

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
 */
export function loadPart<T>(name: string): T {
  // By the package's own name; synchronous, because the getters of a monitor are.
  if (holder[KEY]?.has(name) !== true) loadOptionalPeer(`sightline/${name}`, name);
  return holder[KEY]?.get(name) as T;
}

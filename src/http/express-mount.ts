import { makeLike, matchesLike, matchLayer, type ExpressLayer } from './express-internals.js';
import { learnMount } from './learned-mount.js';

/** A mount's pattern, and how much of the path it took. */
export interface MountMatch {
  readonly pattern: string;
  readonly length: number;
}

const known = new WeakMap<ExpressLayer, readonly (string | RegExp)[] | null>();

/** The one pattern that a mount always has; `undefined` where it has several or shows none. */
export function fixedMountPattern(layer: ExpressLayer): string | undefined {
  const patterns = patternsOf(layer);
  return patterns?.length === 1 ? patternText(patterns[0] as string | RegExp) : undefined;
}

/** The pattern of a mount (`/tenants/:id`) for a path that it matches. */
export function matchMount(layer: ExpressLayer, path: string): MountMatch | undefined {
  const match = matchLayer(layer, path);
  if (!match) return undefined;
  const { length } = match.path;
  const pattern = match.pattern === undefined ? fixedMountPattern(layer) : patternText(match.pattern);
  if (pattern !== undefined) return { pattern, length };
  for (const one of patternsOf(layer) ?? []) {
    if (matchesLike(layer, one, path, match.path)) return { pattern: patternText(one), length };
  }
  return { pattern: learnMount(layer, match.path, match.params), length };
}

/** A route path, or one of its alternatives, as a label. `/` adds nothing to what it is mounted under. */
export function patternText(path: string | RegExp): string {
  if (typeof path !== 'string') return String(path);
  return path === '/' ? '' : path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** The paths a layer was made with, where they can be known without a request. */
function patternsOf(layer: ExpressLayer): readonly (string | RegExp)[] | undefined {
  let patterns = known.get(layer);
  if (patterns === undefined) {
    patterns = readPatterns(layer) ?? null;
    known.set(layer, patterns);
  }
  return patterns ?? undefined;
}

function readPatterns(layer: ExpressLayer): readonly (string | RegExp)[] | undefined {
  if (layer.slash === true || layer.regexp?.fast_slash === true) return ['/'];
  if (layer.rawPath !== undefined) return [layer.rawPath].flat(Infinity) as (string | RegExp)[];
  return layer.regexp && layer.keys ? patternsOfRegExp(layer, layer.regexp, layer.keys) : undefined;
}

/** How path-to-regexp ends what it compiles a mount's path to. */
const COMPILED_END = String.raw`\/?(?=\/|$)`;

/**
 * Express 4 keeps only the compiled path. It is read back, and believed only if compiling the result
 * gives the very same expression. A regular expression of the app's own stays as it is.
 */
function patternsOfRegExp(
  layer: ExpressLayer,
  regexp: RegExp,
  keys: readonly { readonly name: string | number }[],
): readonly (string | RegExp)[] | undefined {
  if (!regexp.source.endsWith(COMPILED_END)) return [regexp];
  const names = keys.map(key => key.name);
  const patterns = regexp.source.split('|^').map(source => decompile(source.replace(/^\^/, ''), names));
  const again = makeLike(layer, patterns.length === 1 ? (patterns[0] as string) : patterns, false);
  return again?.regexp?.source === regexp.source ? patterns : undefined;
}

function decompile(source: string, names: (string | number)[]): string {
  const body = source.replace(/\\\/\?\(\?=\\\/\|\$\)$/, '');
  let pattern = '';
  for (let i = 0; i < body.length; i++) {
    const char = body[i] as string;
    if (char === '\\') {
      pattern += body[++i] ?? '';
    } else if (char === '(') {
      const end = closingParen(body, i);
      const group = body.slice(i, end + 1);
      const name = names.shift() ?? '';
      const slash = group.startsWith('(?:\\/') ? '/' : '';
      const optional = body[end + 1] === '?' ? '?' : '';
      const capture = /^\((?:\?:(?:\\\/)?\()?(.*?)\)+$/.exec(group)?.[1] ?? '';
      const isPlain = capture === '[^/]+?' || capture === '[^\\/]+?' || capture.startsWith('(?:(?!');
      pattern += capture === '.*' ? '*' : `${slash}:${name}${isPlain ? '' : `(${capture})`}${optional}`;
      i = optional === '' ? end : end + 1;
    } else {
      pattern += char;
    }
  }
  return pattern;
}

function closingParen(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i;
  }
  return text.length;
}

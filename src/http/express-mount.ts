import { matchLayer, type ExpressLayer, type Params, type RoutePath } from './express-internals.js';

/** A mount's pattern, and how much of the path it took. */
export interface MountMatch {
  readonly pattern: string;
  readonly length: number;
}

/** Patterns that one layer may be learned to have, before it is summed up in one. */
const LEARNED_LIMIT = 20;
const learned = new WeakMap<ExpressLayer, { pattern: string; layer: ExpressLayer | undefined }[]>();
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
  const fixed = fixedMountPattern(layer);
  if (fixed !== undefined) return { pattern: fixed, length };
  for (const pattern of patternsOf(layer) ?? []) {
    if (matchesLike(layer, pattern, path, match.path)) return { pattern: patternText(pattern), length };
  }
  return { pattern: learn(layer, match.path, match.params), length };
}

/** A route path, or one of its alternatives, as a label. `/` adds nothing to what it is mounted under. */
export function patternText(path: string | RegExp): string {
  if (typeof path !== 'string') return String(path);
  return path === '/' ? '' : path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Whether a layer of the same kind, with just this path, matches the same part. */
export function matchesLike(like: ExpressLayer, path: string | RegExp, url: string, part?: string, end = false): boolean {
  const layer = makeLike(like, path, end);
  const match = layer && matchLayer(layer, url);
  return match !== undefined && (part === undefined || match.path === part);
}

function makeLike(like: ExpressLayer, path: RoutePath, end: boolean): ExpressLayer | undefined {
  type LayerClass = new (path: RoutePath, options: object, handle: () => void) => ExpressLayer;
  try {
    const Layer = (like as unknown as { constructor: LayerClass }).constructor;
    const sensitive = like.regexp ? !like.regexp.ignoreCase : false;
    return new Layer(path, { sensitive, strict: false, end }, () => {});
  } catch {
    return undefined;
  }
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

/**
 * Express 4 keeps only the compiled path. It is read back, and believed only if compiling the result
 * gives the very same expression.
 */
function patternsOfRegExp(
  layer: ExpressLayer,
  regexp: RegExp,
  keys: readonly { readonly name: string | number }[],
): readonly string[] | undefined {
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

/**
 * router 2.0 to 2.2 keep no pattern at all, so it is learned from a path that matched: a part is a
 * parameter where another value in its place still matches. What was learned is tried first, so the
 * work is done once a pattern, and their number is bounded.
 */
function learn(layer: ExpressLayer, path: string, params: Params): string {
  let patterns = learned.get(layer);
  if (!patterns) learned.set(layer, (patterns = []));
  for (const one of patterns) {
    if (one.layer && matchLayer(one.layer, path)?.path === path) return one.pattern;
    if (one.pattern === path) return one.pattern;
  }
  if (patterns.length >= LEARNED_LIMIT) return '/:mount';
  const pattern = inferPattern(layer, path, params);
  patterns.push({ pattern, layer: makeLike(layer, pattern, false) });
  return pattern;
}

/** Values that a parameter may take, whatever its own expression allows. */
const PROBES = ['q7q', '7', 'a', '00000000-0000-4000-8000-000000000000'];

function inferPattern(layer: ExpressLayer, path: string, params: Params): string {
  // What is decided is held apart from what is not, so that a short value can't match inside a name.
  const parts: { text: string; isName: boolean }[] = [{ text: path, isName: false }];
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value.length === 0) continue;
    const text = encodedIn(path, typeof value === 'string' ? value : value.join('/'));
    if (!place(layer, parts, name, text, typeof value !== 'string')) {
      // Not found in the path: a raw value must not get into a label.
      return `/${Object.keys(params).map(key => `:${key}`).join('/')}`;
    }
  }
  return parts.map(part => part.text).join('');
}

function place(layer: ExpressLayer, parts: { text: string; isName: boolean }[], name: string, value: string, isWildcard: boolean): boolean {
  for (const [index, part] of parts.entries()) {
    if (part.isName) continue;
    for (let at = part.text.indexOf(value); at >= 0; at = part.text.indexOf(value, at + 1)) {
      const before = part.text.slice(0, at);
      const after = part.text.slice(at + value.length);
      const path = (middle: string): string =>
        parts.map((each, i) => (i === index ? before + middle + after : each.isName ? PROBES[0] : each.text)).join('');
      const isParameter = PROBES.some(probe => {
        const params = matchLayer(layer, path(probe))?.params[name];
        return params !== undefined && (typeof params === 'string' ? params : params.join('/')) === probe;
      });
      if (!isParameter) continue;
      parts.splice(index, 1, { text: before, isName: false }, { text: `${isWildcard ? '*' : ':'}${name}`, isName: true }, { text: after, isName: false });
      return true;
    }
  }
  return false;
}

/** Parameters are decoded, the path is not. */
function encodedIn(path: string, value: string): string {
  if (path.includes(value)) return value;
  return value.split('/').map(encodeURIComponent).join('/');
}

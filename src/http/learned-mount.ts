import { makeLike, matchLayer, type ExpressLayer, type Params } from './express-internals.js';

/** Patterns that one layer may be learned to have, before it is summed up in one. */
const LEARNED_LIMIT = 20;
/** Values that a parameter may take, whatever its own expression allows. */
const PROBES = ['q7q', '7', 'a', '00000000-0000-4000-8000-000000000000'];
/** Characters that mean something in a pattern. */
const SYNTAX = /[\\:*?+!(){}[\]]/g;

interface Learned {
  readonly pattern: string;
  /** Matches what has the pattern. */
  readonly layer: ExpressLayer | undefined;
}

/** A piece of a path: what is decided is held apart, so that a short value can't be found inside a name. */
interface Part {
  readonly text: string;
  readonly isName: boolean;
}

const learned = new WeakMap<ExpressLayer, Learned[]>();

/**
 * router 2.0 to 2.2 keep no pattern at all, so it is learned from a path that matched: a part is a
 * parameter where another value in its place still matches. What was learned is tried first, so the
 * work is done once a pattern, and their number is bounded.
 */
export function learnMount(layer: ExpressLayer, path: string, params: Params): string {
  let patterns = learned.get(layer);
  if (!patterns) learned.set(layer, (patterns = []));
  for (const one of patterns) {
    if (one.layer && matchLayer(one.layer, path)?.path === path) return one.pattern;
  }
  if (patterns.length >= LEARNED_LIMIT) return '/:mount';
  const parts = inferParts(layer, path, params);
  // A raw value must not get into a label. Not kept: it matches nothing, and would take a place of the few.
  if (parts === undefined) return `/${Object.keys(params).map(key => `:${key}`).join('/')}`;
  const pattern = parts.map(part => part.text).join('');
  const source = parts.map(part => (part.isName ? part.text : part.text.replaceAll(SYNTAX, String.raw`\$&`))).join('');
  patterns.push({ pattern, layer: makeLike(layer, source, false) });
  return pattern;
}

function inferParts(layer: ExpressLayer, path: string, params: Params): readonly Part[] | undefined {
  let parts: readonly Part[] = [{ text: path, isName: false }];
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value.length === 0) continue;
    const placed = place(layer, parts, name, value);
    if (placed === undefined) return undefined;
    parts = placed;
  }
  // Where the case of letters doesn't matter, the label must not depend on who asked first.
  const swapped = parts.map(part => (part.isName ? PROBES[0] : swapCase(part.text))).join('');
  const anyCase = matchLayer(layer, swapped) !== undefined;
  return anyCase ? parts.map(({ text, isName }) => ({ text: isName ? text : text.toLowerCase(), isName })) : parts;
}

/** The parts with the value of one parameter replaced by its name. */
function place(layer: ExpressLayer, parts: readonly Part[], name: string, value: string | readonly string[]): Part[] | undefined {
  const isWildcard = typeof value !== 'string';
  const wanted = isWildcard ? value.join('/') : value;
  for (const [index, part] of parts.entries()) {
    if (part.isName) continue;
    for (const [start, end] of findDecoded(part.text, wanted)) {
      const before = part.text.slice(0, start);
      const after = part.text.slice(end);
      const pathWith = (middle: string): string =>
        parts.map((each, i) => (i === index ? before + middle + after : each.isName ? PROBES[0] : each.text)).join('');
      const isParameter = PROBES.some(probe => {
        const found = matchLayer(layer, pathWith(probe))?.params[name];
        return found !== undefined && (typeof found === 'string' ? found : found.join('/')) === probe;
      });
      if (!isParameter) continue;
      const decided = { text: `${isWildcard ? '*' : ':'}${name}`, isName: true };
      return [...parts.slice(0, index), { text: before, isName: false }, decided, { text: after, isName: false }, ...parts.slice(index + 1)];
    }
  }
  return undefined;
}

/** Where a decoded value stands in a path that is not decoded: parameters are, the path is not. */
function* findDecoded(text: string, value: string): Generator<readonly [start: number, end: number]> {
  let decoded = '';
  /** Where each decoded character begins in the text. */
  const starts: number[] = [];
  for (const { 0: piece, index } of text.matchAll(/(?:%[0-9a-f]{2})+|[^]/gi)) {
    const plain = piece.length > 1 ? decode(piece) : piece;
    for (let i = 0; i < plain.length; i++) starts.push(index);
    decoded += plain;
  }
  starts.push(text.length);
  for (let at = decoded.indexOf(value); at >= 0; at = decoded.indexOf(value, at + 1)) {
    yield [starts[at] as number, starts[at + value.length] as number];
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function swapCase(text: string): string {
  return text.replace(/[a-z]/gi, letter => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));
}

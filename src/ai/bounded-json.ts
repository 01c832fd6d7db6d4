import { types } from 'node:util';
import { redact } from '../core/redact.js';

/**
 * Characters looked at beyond what is kept: a secret is masked as a whole or not recognised, so one that begins
 * before the cut must be seen to its end.
 */
export const SECRET_ROOM = 4_096;

const MASK = '[redacted]';
/** Shorter rooms show nothing of a text that is cut. */
const MIN_CUT = 12;
const MAX_DEPTH = 16;
/** Members visited, whether they are written or not. */
const MAX_VISITS = 20_000;

/** Members that carry no content, and may be long: token probabilities, sealed reasoning, copies that LangChain keeps. */
const NOISE = new Set(
  (
    'logprobs encrypted_content encryptedContent signature thoughtSignature thought_signature providerMetadata ' +
    'providerOptions lc_serializable lc_kwargs lc_namespace additional_kwargs response_metadata usage_metadata'
  ).split(' '),
);

/** What would be read as base64: no prose has so many letters in one word. */
const BASE64_HEAD = /^[A-Za-z0-9+/_-]{256}/;
const BASE64_INSIDE = /[A-Za-z0-9+/]{256,}={0,2}/g;
const DATA_URL = /^data:([\w.+-]{1,60}\/[\w.+-]{1,60})?[^,]{0,100};base64,/;

/**
 * A value as JSON of at most `maxLength` characters, which is complete JSON also where the value was cut: a text ends
 * with `…`, a list earlier. Secrets are masked; binary data and base64 are replaced by a note of their size.
 *
 * Reads no more of the value than it writes, and calls none of its methods. May throw on hostile input.
 *
 * @returns `undefined` where nothing of it can be written
 */
export function boundedJson(value: unknown, maxLength: number): string | undefined {
  const writer = new Writer(maxLength);
  return writer.write(value, 0) ? writer.text : undefined;
}

/** A text of at most `maxLength` characters, as {@link boundedJson} treats those inside of a value. */
export function boundedText(text: string, maxLength: number): string {
  const { shown, isWhole } = visibleText(text, maxLength);
  if (isWhole && shown.length <= maxLength) return shown;
  return `${sliceWhole(shown, maxLength - 1)}…`;
}

class Writer {
  readonly #parts: string[] = [];
  #room: number;
  #visits = 0;
  /** Something did not fit: nothing is added any more, only what is open is closed. */
  #isFull = false;

  constructor(room: number) {
    this.#room = room;
  }

  get text(): string {
    return this.#parts.join('');
  }

  /** @returns whether it was written; `false` also for what JSON leaves out */
  write(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'string':
        return this.#writeText(value);
      case 'number':
        return this.#add(Number.isFinite(value) ? String(value) : 'null');
      case 'boolean':
        return this.#add(String(value));
      case 'bigint':
        return this.#add(`"${value}"`);
      case 'object':
        return value === null ? this.#add('null') : this.#writeObject(value, depth);
      default:
        return false;
    }
  }

  #writeObject(object: object, depth: number): boolean {
    const note = noteOf(object);
    if (note !== undefined) return this.#writeText(note);
    if (depth >= MAX_DEPTH) return this.#add('"…"');
    return Array.isArray(object) ? this.#writeArray(object as unknown[], depth) : this.#writeMembers(object, depth);
  }

  #writeArray(items: readonly unknown[], depth: number): boolean {
    if (!this.#open('[', ']')) return false;
    let isFirst = true;
    for (let i = 0; i < items.length && this.#goesOn(); i++) {
      const item = safely(() => items[i]);
      const isWritten = this.#try(isFirst ? '' : ',', () => this.write(item, depth + 1) || (!this.#isFull && this.#add('null')));
      if (isWritten) isFirst = false;
    }
    this.#parts.push(']');
    return true;
  }

  #writeMembers(object: object, depth: number): boolean {
    if (!this.#open('{', '}')) return false;
    let isFirst = true;
    for (const key in object) {
      if (!this.#goesOn()) break;
      if (NOISE.has(key) || !Object.hasOwn(object, key)) continue;
      const member = safely(() => (object as Record<string, unknown>)[key]);
      const start = `${isFirst ? '' : ','}${JSON.stringify(key.slice(0, 100))}:`;
      // `null` and what is left out tell nothing.
      const shown = member != null && typeof member !== 'function' && isSecretName(key) ? MASK : member;
      if (this.#try(start, () => this.write(shown, depth + 1))) isFirst = false;
    }
    this.#parts.push('}');
    return true;
  }

  #writeText(text: string): boolean {
    const { shown, isWhole } = visibleText(text, this.#room);
    const encoded = isWhole ? JSON.stringify(shown) : undefined;
    if (encoded !== undefined && encoded.length <= this.#room) return this.#add(encoded);
    const room = this.#room;
    this.#isFull = true;
    if (room < MIN_CUT) return false;
    // Escapes make it longer, by how much is seen only when it is done.
    let kept = sliceWhole(shown, room - 3);
    for (;;) {
      const cut = JSON.stringify(`${kept}…`);
      if (cut.length <= room) return this.#add(cut);
      kept = sliceWhole(kept, Math.min(kept.length - 1, Math.floor((kept.length * room) / cut.length)));
    }
  }

  #open(start: string, end: string): boolean {
    if (this.#room < start.length + end.length) {
      this.#isFull = true;
      return false;
    }
    this.#room -= end.length;
    return this.#add(start);
  }

  #add(part: string): boolean {
    if (part.length > this.#room) {
      this.#isFull = true;
      return false;
    }
    this.#room -= part.length;
    this.#parts.push(part);
    return true;
  }

  /** Adds `start` and what follows it, or none of the two. */
  #try(start: string, rest: () => boolean): boolean {
    const { length } = this.#parts;
    const room = this.#room;
    if (this.#add(start) && rest()) return true;
    this.#parts.length = length;
    this.#room = room;
    return false;
  }

  #goesOn(): boolean {
    return !this.#isFull && ++this.#visits <= MAX_VISITS;
  }
}

/** As much of a text as could be shown in `room`, masked; and whether that is all of it. */
function visibleText(text: string, room: number): { readonly shown: string; readonly isWhole: boolean } {
  const head = text.slice(0, 300);
  const dataUrl = DATA_URL.exec(head);
  if (dataUrl !== null) {
    return { shown: sizeNote(dataUrl[1] ?? 'data', bytesOfBase64(text.length - dataUrl[0].length)), isWhole: true };
  }
  if (BASE64_HEAD.test(head)) return { shown: sizeNote('base64', bytesOfBase64(text.length)), isWhole: true };
  const looked = text.slice(0, Math.max(0, room) + SECRET_ROOM);
  // Masked first: the middle of a token is base64 as well, and without it the rest is no token any more.
  return { shown: redact(looked, Infinity).replace(BASE64_INSIDE, '[base64]'), isWhole: looked.length === text.length };
}

function bytesOfBase64(characters: number): number {
  return Math.floor((characters * 3) / 4);
}

/** What stands for an object that is no JSON. */
function noteOf(object: object): string | undefined {
  if (ArrayBuffer.isView(object) || types.isAnyArrayBuffer(object)) return sizeNote('binary', object.byteLength);
  if (object instanceof Blob) return sizeNote(object.type === '' ? 'binary' : object.type, object.size);
  if (types.isDate(object)) return Number.isNaN(object.getTime()) ? 'invalid date' : object.toISOString();
  if (object instanceof URL) return object.href;
  const { type, data } = object as { type?: unknown; data?: unknown };
  // A Buffer that went through JSON
  if (type === 'Buffer' && Array.isArray(data)) return sizeNote('binary', data.length);
  return undefined;
}

function sizeNote(kind: string, bytes: number): string {
  return `[${kind}, ${bytes} bytes]`;
}

/** Whether values of that name are masked in a text: `"api_key": "…"`. */
function isSecretName(key: string): boolean {
  return key.length <= 100 && redact(`${key}=x`, Infinity).endsWith(MASK);
}

/** The first `length` characters, without half a surrogate pair at the end. */
function sliceWhole(text: string, length: number): string {
  const end = Math.max(0, length);
  if (end >= text.length) return text;
  const last = text.charCodeAt(end - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end);
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

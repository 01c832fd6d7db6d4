/** What was left out of metadata, or changed. */
export type MetadataFault = 'too_large' | 'too_deep' | 'cycle' | 'big_number' | 'no_json' | 'unreadable' | 'unsafe_key' | 'no_object';

/** Metadata as JSON, and what it lost first. */
export interface KeptMetadata {
  /** A JSON object, complete also where something was cut. */
  readonly json: string;
  /** `at` is a path: `answer.parts.3`; empty for the whole. */
  readonly fault: { readonly kind: MetadataFault; readonly at: string } | undefined;
}

const DEEPEST = 8;
/** Members looked at, whether they are kept or not. */
const MOST_VISITS = 1_000;
const LONGEST_KEY = 100;
/** Shorter rooms show nothing of a text that is cut. */
const LEAST_CUT = 12;
/** Written into an object by who copies the parsed metadata, these would change its prototype. */
const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * What of metadata is kept: an object as JSON of at most `limit` characters. Texts are cut, and members left out, where
 * there is no room. Reads no more of a value than it writes. Never throws.
 */
export function keptMetadata(metadata: unknown, limit: number): KeptMetadata {
  const writer = new MetadataWriter(limit);
  let json: string | undefined;
  try {
    if (typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)) json = writer.write(metadata);
    else writer.tell('no_object');
  } catch {
    // A proxy, or an object that is deeper than the stack
    writer.tell('unreadable');
  }
  // What an object becomes by its own `toJSON` may be none.
  if (json !== undefined && !json.startsWith('{')) writer.tell('no_object');
  return { json: json?.startsWith('{') === true ? json : '{}', fault: writer.fault };
}

class MetadataWriter {
  fault: KeptMetadata['fault'];
  #room: number;
  #visits = 0;
  readonly #open: object[] = [];
  readonly #path: (string | number)[] = [];

  constructor(room: number) {
    this.#room = room;
  }

  /** @returns `undefined` for what is left out */
  write(value: unknown): string | undefined {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        if (!Number.isFinite(value)) this.tell('no_json');
        return this.#take(Number.isFinite(value) ? String(value) : 'null');
      case 'boolean':
        return this.#take(String(value));
      case 'bigint':
        this.tell('big_number');
        // To write it out takes long where it is long.
        return value < 2n ** 256n && value > -(2n ** 256n) ? this.#take(`"${value}"`) : undefined;
      case 'undefined':
        return undefined;
      case 'object':
        return value === null ? this.#take('null') : this.#object(value);
      default:
        this.tell('no_json');
        return undefined;
    }
  }

  tell(kind: MetadataFault): void {
    this.fault ??= { kind, at: this.#path.join('.') };
  }

  #object(value: object): string | undefined {
    if (this.#open.includes(value)) return this.#leaveOut('cycle');
    if (this.#open.length >= DEEPEST) return this.#leaveOut('too_deep');
    if (this.#room < 2) return this.#leaveOut('too_large');
    this.#open.push(value);
    try {
      const { toJSON } = value as { toJSON?: unknown };
      // As JSON does: dates, ids of databases, decimals
      if (typeof toJSON === 'function') return this.write((toJSON as () => unknown).call(value));
      this.#room -= 2;
      return Array.isArray(value) ? `[${this.#items(value)}]` : `{${this.#members(value)}}`;
    } finally {
      this.#open.pop();
    }
  }

  #items(items: readonly unknown[]): string {
    let json = '';
    for (let i = 0; i < items.length && this.#goesOn(); i++) {
      const item = this.#member(items, i, json === '' ? '' : ',') ?? this.#take(json === '' ? 'null' : ',null');
      json += item ?? '';
    }
    return json;
  }

  #members(object: object): string {
    let json = '';
    if (Object.getPrototypeOf(object) !== Object.prototype && isNoJson(object)) {
      this.tell('no_json');
      // The keys of a view are as many as its bytes.
      return json;
    }
    for (const key in object) {
      if (!Object.hasOwn(object, key)) continue;
      if (!this.#goesOn()) break;
      if (UNSAFE_KEYS.has(key) || key.length > LONGEST_KEY) {
        this.#path.push(key.slice(0, LONGEST_KEY));
        this.tell(UNSAFE_KEYS.has(key) ? 'unsafe_key' : 'too_large');
        this.#path.pop();
        continue;
      }
      json += this.#member(object, key, `${json === '' ? '' : ','}${JSON.stringify(key)}:`) ?? '';
    }
    return json;
  }

  /** A member with what stands before it, or neither of them. */
  #member(object: object, key: string | number, start: string): string | undefined {
    const room = this.#room;
    this.#path.push(key);
    try {
      if (this.#take(start) === undefined) return undefined;
      const json = this.write((object as Record<string | number, unknown>)[key]);
      if (json !== undefined) return start + json;
    } catch {
      // A getter or a `toJSON` that throws
      this.tell('unreadable');
    } finally {
      this.#path.pop();
    }
    this.#room = room;
    return undefined;
  }

  #text(text: string): string | undefined {
    if (text.length <= this.#room) {
      const json = JSON.stringify(text);
      if (json.length <= this.#room) return this.#take(json);
    }
    this.tell('too_large');
    const room = this.#room;
    if (room < LEAST_CUT) return undefined;
    let length = Math.min(text.length, room - 3);
    for (;;) {
      const cut = JSON.stringify(`${text.slice(0, length)}…`);
      if (cut.length <= room) return this.#take(cut);
      // Escapes make it longer, by how much is seen only when it is written.
      length = Math.min(length - 1, Math.floor((length * room) / cut.length));
    }
  }

  #take(json: string): string | undefined {
    if (json.length > this.#room) return this.#leaveOut('too_large');
    this.#room -= json.length;
    return json;
  }

  #leaveOut(kind: MetadataFault): undefined {
    this.tell(kind);
    return undefined;
  }

  #goesOn(): boolean {
    if (++this.#visits <= MOST_VISITS) return true;
    this.tell('too_large');
    return false;
  }
}

function isNoJson(object: object): boolean {
  return object instanceof Map || object instanceof Set || ArrayBuffer.isView(object);
}

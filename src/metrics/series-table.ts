import { escapeLabelValue } from './text.js';

/** The label value that series beyond the cap fold into. */
export const OTHER = 'other';

/** How a table reports what it could not keep apart, and which series it may forget. */
export interface SeriesLimits {
  /** How many series a metric may have; more fold into {@link OTHER}. */
  readonly limit: number;
  /** Labels to fold first, so that the others stay meaningful (a status code survives). Left out: all. */
  readonly fold?: readonly string[] | undefined;
  /** Called for each value that was folded. */
  readonly onFold: () => void;
}

type Node = Map<string, Node | number>;

/**
 * The series of one metric: label values → slot number.
 *
 * Values are looked up one by one in nested maps: no string is joined, so nothing is allocated
 * for a known series, and two series can't collide whatever their values hold.
 * What a slot stores lives in the metric's typed arrays, indexed by the slot.
 */
export class SeriesTable {
  readonly labelNames: readonly string[];
  /** Label values by slot; `undefined` where the slot is free. */
  readonly values: (readonly string[] | undefined)[] = [];
  readonly #texts: (string | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #limits: SeriesLimits;
  readonly #foldable: readonly boolean[];
  readonly #onAdd: (slot: number) => void;
  #root: Node = new Map();
  #size = 0;

  /** @param onAdd called with the slot of each series that is made; not for the one without labels, which always is */
  constructor(labelNames: readonly string[], limits: SeriesLimits, onAdd: (slot: number) => void = () => {}) {
    this.labelNames = labelNames;
    this.#limits = limits;
    this.#onAdd = onAdd;
    this.#foldable = labelNames.map(name => limits.fold?.includes(name) ?? true);
    if (labelNames.length === 0) this.#allocate([]);
  }

  /** Number of series. */
  get size(): number {
    return this.#size;
  }

  /** Slots ever used; free ones have `values[slot] === undefined`. */
  get slots(): number {
    return this.values.length;
  }

  /** The slot of these label values, one a label name, made where there is none. */
  slot(a?: string, b?: string, c?: string, ...more: string[]): number {
    if (a === undefined) return this.#add([]);
    let node: Node | number | undefined = this.#root.get(a);
    if (b !== undefined && node !== undefined) {
      node = (node as Node).get(b);
      if (c !== undefined && node !== undefined) {
        node = (node as Node).get(c);
        for (let i = 0; i < more.length && node !== undefined; i++) node = (node as Node).get(more[i] as string);
      }
    }
    if (typeof node === 'number') return node;
    const values = [a];
    if (b !== undefined) values.push(b);
    if (c !== undefined) values.push(c);
    return this.#add([...values, ...more]);
  }

  /** The rendered labels of a slot: `method="GET",endpoint="/users/:id"`. Cached. */
  text(slot: number): string {
    let text = this.#texts[slot];
    if (text === undefined) {
      const values = this.values[slot] ?? [];
      text = this.labelNames.map((name, i) => `${name}="${escapeLabelValue(values[i] ?? '')}"`).join(',');
      this.#texts[slot] = text;
    }
    return text;
  }

  /**
   * Goes through the series there are now, by slot. A pass may pause while series come and go: what went is left
   * out, and what came too, so that a series that went and came again never stands in one pass twice.
   */
  pass(): { readonly slots: number; at(slot: number): readonly string[] | undefined } {
    const present = this.values.slice();
    return {
      slots: present.length,
      at: slot => (this.values[slot] === present[slot] ? present[slot] : undefined),
    };
  }

  /** Forgets a series; its slot is used again by the next new one. */
  release(slot: number): void {
    const values = this.values[slot];
    if (values === undefined || values.length === 0) return;
    const path: Node[] = [this.#root];
    for (const value of values.slice(0, -1)) path.push(path.at(-1)?.get(value) as Node);
    for (let i = values.length - 1; i >= 0; i--) {
      const node = path[i] as Node;
      node.delete(values[i] as string);
      if (node.size > 0) break;
    }
    this.values[slot] = undefined;
    this.#texts[slot] = undefined;
    this.#free.push(slot);
    this.#size--;
  }

  #add(values: readonly string[]): number {
    if (this.labelNames.length === 0 && values.length === 0) return 0;
    if (values.length !== this.labelNames.length || values.some(value => typeof value !== 'string')) {
      throw new TypeError(`expected ${this.labelNames.length} strings as label values (${this.labelNames.join(', ')}), got ${values.map(value => typeof value).join(', ')}`);
    }
    if (this.#size < this.#limits.limit) return this.#allocate(values);
    this.#limits.onFold();
    const folded = values.map((value, i) => (this.#foldable[i] ? OTHER : value));
    // The kept labels could still be without bound: a tenth more series, then all values fold.
    const known = this.#find(folded);
    if (known !== undefined) return known;
    if (this.#size < this.#limits.limit + Math.ceil(this.#limits.limit / 10)) return this.#allocate(folded);
    const all = values.map(() => OTHER);
    return this.#find(all) ?? this.#allocate(all);
  }

  #find(values: readonly string[]): number | undefined {
    let node: Node | number | undefined = this.#root;
    for (const value of values) {
      if (node === undefined) return undefined;
      node = (node as Node).get(value);
    }
    return node as number | undefined;
  }

  #allocate(values: readonly string[]): number {
    const slot = this.#free.pop() ?? this.values.length;
    this.values[slot] = values;
    this.#texts[slot] = undefined;
    this.#size++;
    let node = this.#root;
    for (let i = 0; i < values.length - 1; i++) {
      const value = values[i] as string;
      let next = node.get(value) as Node | undefined;
      if (next === undefined) node.set(value, (next = new Map()));
      node = next;
    }
    const last = values.at(-1);
    if (last === undefined) return slot;
    node.set(last, slot);
    this.#onAdd(slot);
    return slot;
  }
}

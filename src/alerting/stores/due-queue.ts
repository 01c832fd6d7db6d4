/** A key, and when it is due. */
export interface Due {
  readonly key: string;
  readonly at: number;
}

interface Item {
  readonly key: string;
  at: number;
  index: number;
}

/** Keys by when they are due: a binary heap that also finds, moves and removes a key, each in logarithmic time. */
export class DueQueue {
  readonly #heap: Item[] = [];
  readonly #items = new Map<string, Item>();

  get size(): number {
    return this.#heap.length;
  }

  keys(): Iterable<string> {
    return this.#items.keys();
  }

  /** When a key is due. */
  get(key: string): number | undefined {
    return this.#items.get(key)?.at;
  }

  /** What is due first. */
  first(): Due | undefined {
    return this.#heap[0];
  }

  /** Puts a key in, or moves it. */
  set(key: string, at: number): void {
    let item = this.#items.get(key);
    if (item === undefined) {
      item = { key, at, index: this.#heap.length };
      this.#items.set(key, item);
      this.#heap.push(item);
    }
    item.at = at;
    this.#settle(item);
  }

  delete(key: string): void {
    const item = this.#items.get(key);
    if (item === undefined) return;
    this.#items.delete(key);
    const last = this.#heap.pop() as Item;
    if (last === item) return;
    this.#put(last, item.index);
    this.#settle(last);
  }

  /** Takes out what is due by `now`, the longest due first, at most `limit`. */
  take(now: number, limit: number): Due[] {
    const taken: Due[] = [];
    for (let first = this.#heap[0]; first !== undefined && first.at <= now && taken.length < limit; first = this.#heap[0]) {
      this.delete(first.key);
      taken.push(first);
    }
    return taken;
  }

  #settle(item: Item): void {
    this.#rise(item);
    this.#sink(item);
  }

  #rise(item: Item): void {
    while (item.index > 0) {
      const parent = this.#heap[(item.index - 1) >> 1] as Item;
      if (parent.at <= item.at) return;
      this.#swap(item, parent);
    }
  }

  #sink(item: Item): void {
    for (;;) {
      const left = this.#heap[2 * item.index + 1];
      const right = this.#heap[2 * item.index + 2];
      const earlier = right !== undefined && left !== undefined && right.at < left.at ? right : left;
      if (earlier === undefined || earlier.at >= item.at) return;
      this.#swap(item, earlier);
    }
  }

  #swap(one: Item, other: Item): void {
    const { index } = one;
    this.#put(one, other.index);
    this.#put(other, index);
  }

  #put(item: Item, index: number): void {
    item.index = index;
    this.#heap[index] = item;
  }
}

import type { Scrape } from './exposition.js';

/** How one endpoint, or one kind of query, is doing. */
export interface Row {
  readonly name: string;
  readonly perSecond: number;
  readonly p95: number;
  /** Share that failed, 0 to 1. */
  readonly failed: number;
}

/** What happened between two scrapes. */
export class Change {
  readonly #from: Scrape;
  readonly #to: Scrape;

  constructor(from: Scrape, to: Scrape) {
    this.#from = from;
    this.#to = to;
  }

  perSecond(increase: number): number {
    return increase / Math.max((this.#to.at - this.#from.at) / 1_000, 0.001);
  }

  by(name: string, ...labels: readonly string[]): Map<string, number> {
    const before = this.#from.by(name, ...labels);
    return new Map([...this.#to.by(name, ...labels)].map(([key, value]) => [key, value - (before.get(key) ?? 0)]));
  }

  /** Seconds, interpolated within a bucket as Prometheus does; 0 where nothing happened. */
  quantile(quantile: number, histogram: string, labels: readonly string[] = [], key = ''): number {
    const buckets = [...this.by(`${histogram}_bucket`, 'le', ...labels)]
      .map(([each, value]) => ({ le: each.split(' ', 1)[0] as string, key: each.slice(each.indexOf(' ') + 1), value }))
      .filter(bucket => labels.length === 0 || bucket.key === key)
      .map(({ le, value }) => ({ bound: le === '+Inf' ? Infinity : Number(le), value }))
      .sort((a, b) => a.bound - b.bound);
    const rank = quantile * (buckets.at(-1)?.value ?? 0);
    if (rank === 0) return 0;
    let below = { bound: 0, value: 0 };
    for (const bucket of buckets) {
      if (bucket.value >= rank) {
        if (bucket.bound === Infinity) return below.bound;
        return below.bound + ((bucket.bound - below.bound) * (rank - below.value)) / (bucket.value - below.value);
      }
      below = bucket;
    }
    return below.bound;
  }

  /** The busiest label values of a histogram. */
  rows(histogram: string, labels: readonly string[], failuresOf: (name: string) => number): Row[] {
    return [...this.by(`${histogram}_count`, ...labels)]
      .filter(([, increase]) => increase > 0)
      .sort(([, a], [, b]) => b - a)
      .map(([name, increase]) => ({
        name,
        perSecond: this.perSecond(increase),
        p95: this.quantile(0.95, histogram, labels, name),
        failed: Math.min(failuresOf(name) / increase, 1),
      }));
  }
}

/** The sum of the values whose key is meant. */
export function sum(values: ReadonlyMap<string, number>, where: (key: string) => boolean = () => true): number {
  let total = 0;
  for (const [key, value] of values) if (where(key)) total += value;
  return total;
}

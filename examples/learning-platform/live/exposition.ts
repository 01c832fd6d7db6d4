/** One line of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** All that is read off one scrape of `/metrics`. */
export class Scrape {
  /** Milliseconds, on the clock of `performance.now()`. */
  readonly at: number;
  readonly #samples = new Map<string, Sample[]>();

  /** @param text Prometheus's text format */
  constructor(text: string, at: number) {
    this.at = at;
    for (const line of text.split('\n')) {
      const [, name, labels = '', value] = LINE.exec(line) ?? [];
      if (name === undefined) continue;
      const sample: Sample = { name, labels: labelsIn(labels), value: Number(value) };
      const others = this.#samples.get(name);
      if (others) others.push(sample);
      else this.#samples.set(name, [sample]);
    }
  }

  /** The samples of a metric that the example is about: not of the scrapes themselves. */
  samples(name: string): readonly Sample[] {
    return (this.#samples.get(name) ?? []).filter(({ labels }) => labels['endpoint'] !== '/metrics');
  }

  /** The sum of a metric. */
  total(name: string): number {
    return this.samples(name).reduce((sum, { value }) => sum + value, 0);
  }

  /** A metric's values by some of its labels, joined by spaces. */
  by(name: string, ...labels: readonly string[]): Map<string, number> {
    const values = new Map<string, number>();
    for (const sample of this.samples(name)) {
      const key = labels.map(label => sample.labels[label]).join(' ');
      values.set(key, (values.get(key) ?? 0) + sample.value);
    }
    return values;
  }
}

function labelsIn(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(LABEL)) labels[name as string] = (value as string).replace(/\\(.)/g, unescaped);
  return labels;
}

function unescaped(_match: string, char: string): string {
  return char === 'n' ? '\n' : char;
}

/** Scrapes the app as Prometheus would. */
export async function scrape(url: string): Promise<Scrape> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return new Scrape(await response.text(), performance.now());
}

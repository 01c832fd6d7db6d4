/** One sample of an exposition. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: { readonly labels: Readonly<Record<string, string>>; readonly value: number; readonly timestamp: number | undefined };
}

export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string | undefined;
  readonly samples: readonly ParsedSample[];
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const QUOTED = /"((?:[^"\\\n]|\\["\\n])*)"/y;
/** Words in any case, as the specification has it: prom-client writes `Nan`. */
const NUMBER = /(?:[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf(?:inity)?)|nan)(?= |$)/iy;
/** Go's `%g`: what OpenMetrics calls canonical. */
const CANONICAL = /^(?:-?(?:\d{1,6}\.\d+|\d(?:\.\d+)?e[+-]\d{2,3})|\+Inf)$/;
const TYPES = ['counter', 'gauge', 'histogram', 'gaugehistogram', 'stateset', 'info', 'summary', 'unknown'];
/** What may follow a family's name in its samples, by type. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  histogram: ['_bucket', '_sum', '_count', '_created'],
  summary: ['', '_sum', '_count', '_created'],
};

/**
 * Reads one sample line of either format, without its line feed.
 * @throws Error for anything the formats do not allow
 */
export function parseSample(line: string): ParsedSample {
  const reader = new Reader(line);
  const name = reader.match(NAME, 'a metric name');
  const labels = reader.at('{') ? reader.labels() : {};
  reader.expect(' ');
  const value = reader.number();
  if (reader.isAtEnd) return { name, labels, value };
  reader.expect(' # ');
  const exemplarLabels = reader.labels();
  reader.expect(' ');
  const exemplarValue = reader.number();
  let timestamp: number | undefined;
  if (!reader.isAtEnd) {
    reader.expect(' ');
    timestamp = reader.number();
  }
  if (!reader.isAtEnd) throw reader.error('the end of the line');
  return { name, labels, value, exemplar: { labels: exemplarLabels, value: exemplarValue, timestamp } };
}

/**
 * A strict reader of OpenMetrics 1.0: what Prometheus forgives is an error here.
 * https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
 *
 * @throws Error with the line it does not like
 */
export function parseOpenMetrics(text: string): ParsedFamily[] {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.pop() !== '# EOF') throw new Error('the exposition does not end with "# EOF" and a line feed');
  const families: { name: string; type: string | undefined; help: string | undefined; samples: ParsedSample[] }[] = [];
  const familyOf = (name: string, line: string): (typeof families)[number] => {
    const last = families.at(-1);
    if (last?.name === name) {
      if (last.samples.length > 0) throw new Error(`metadata after samples: ${line}`);
      return last;
    }
    if (families.some(family => family.name === name)) throw new Error(`a family in two places: ${line}`);
    const family = { name, type: undefined, help: undefined, samples: [] };
    families.push(family);
    return family;
  };
  for (const line of lines) {
    const metadata = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (metadata) {
      const [, keyword, name, rest] = metadata as unknown as [string, string, string, string];
      const family = familyOf(name, line);
      if (keyword === 'TYPE') {
        if (family.type !== undefined || !TYPES.includes(rest)) throw new Error(`a bad type: ${line}`);
        family.type = rest;
      } else if (keyword === 'HELP') {
        if (family.help !== undefined || !/^(?:[^"\\]|\\["\\n])*$/.test(rest)) throw new Error(`a bad help: ${line}`);
        family.help = unescape(rest);
      }
      continue;
    }
    if (line === '' || line.startsWith('#')) throw new Error(`neither metadata nor a sample: ${JSON.stringify(line)}`);
    const sample = parseSample(line);
    const family = families.at(-1);
    const suffix = family && sample.name.startsWith(family.name) ? sample.name.slice(family.name.length) : undefined;
    if (family === undefined || suffix === undefined || !(SUFFIXES[family.type ?? ''] ?? ['']).includes(suffix)) {
      throw new Error(`a sample outside its family: ${line}`);
    }
    checkSample(sample, suffix, family.type ?? 'unknown', line);
    family.samples.push(sample);
  }
  const names = new Set<string>();
  for (const { name, type = 'unknown', samples } of families) {
    checkSamples(samples);
    if (type === 'histogram') checkBuckets(name, samples);
    for (const suffix of SUFFIXES[type] ?? ['']) {
      if (names.has(name + suffix)) throw new Error(`two families may have a sample named ${name + suffix}`);
      names.add(name + suffix);
    }
  }
  return families.map(family => ({ ...family, type: family.type ?? 'unknown' }));
}

function checkSample({ labels, value, exemplar }: ParsedSample, suffix: string, type: string, line: string): void {
  if (type === 'counter' && !(value >= 0 && value < Infinity)) throw new Error(`a counter that is negative or no number: ${line}`);
  if (type === 'histogram' && !(value >= 0)) throw new Error(`a histogram with a negative number: ${line}`);
  if (suffix === '_bucket' && !CANONICAL.test(labels['le'] ?? '')) throw new Error(`a bound that is not canonical: ${line}`);
  if (type === 'summary' && suffix === '' && !CANONICAL.test(labels['quantile'] ?? '')) throw new Error(`a quantile that is not canonical: ${line}`);
  if (exemplar === undefined) return;
  if (suffix !== '_bucket' && suffix !== '_total') throw new Error(`an exemplar where none may stand: ${line}`);
  const length = Object.entries(exemplar.labels).reduce((sum, [name, text]) => sum + [...name].length + [...text].length, 0);
  if (length > 128) throw new Error(`an exemplar with labels of more than 128 characters: ${line}`);
  if (suffix === '_bucket' && !(exemplar.value <= bound(labels['le'] ?? ''))) throw new Error(`an exemplar in the wrong bucket: ${line}`);
}

/** No two samples may be the same, and those of one series stand together. */
function checkSamples(samples: readonly ParsedSample[]): void {
  const seen = new Set<string>();
  const series = new Set<string>();
  let current = '';
  for (const { name, labels } of samples) {
    const key = seriesOf(labels);
    if (key !== current && series.has(key)) throw new Error(`a series in two places: ${name} ${key}`);
    series.add((current = key));
    const sample = `${name} ${keyOf(labels)}`;
    if (seen.has(sample)) throw new Error(`a sample twice: ${sample}`);
    seen.add(sample);
  }
}

function checkBuckets(name: string, samples: readonly ParsedSample[]): void {
  const histograms = new Map<string, ParsedSample[]>();
  for (const sample of samples) {
    const key = seriesOf(sample.labels);
    histograms.set(key, [...(histograms.get(key) ?? []), sample]);
  }
  for (const [key, all] of histograms) {
    const buckets = all.filter(sample => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => bound(labels['le'] ?? ''));
    const counts = buckets.map(({ value }) => value);
    if (bounds.at(-1) !== Infinity) throw new Error(`no bucket to +Inf: ${name} ${key}`);
    if (bounds.some((value, i) => i > 0 && value <= (bounds[i - 1] as number))) throw new Error(`bounds that do not ascend: ${name} ${key}`);
    if (counts.some((value, i) => i > 0 && value < (counts[i - 1] as number))) throw new Error(`buckets that do not add up: ${name} ${key}`);
    const count = all.find(sample => sample.name === `${name}_count`)?.value;
    if (count !== counts.at(-1)) throw new Error(`a count that is not the last bucket's: ${name} ${key}`);
  }
}

/** The labels in one order, as a key. */
export function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is the same for all samples of one series. */
function seriesOf(labels: Readonly<Record<string, string>>): string {
  return keyOf(Object.fromEntries(Object.entries(labels).filter(([name]) => name !== 'le' && name !== 'quantile')));
}

function bound(le: string): number {
  return le === '+Inf' ? Infinity : Number(le);
}

function unescape(text: string): string {
  return text.replace(/\\(["\\n])/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

/** Reads a line from left to right. */
class Reader {
  readonly #line: string;
  #position = 0;

  constructor(line: string) {
    this.#line = line;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#line.length;
  }

  at(text: string): boolean {
    return this.#line.startsWith(text, this.#position);
  }

  expect(text: string): void {
    if (!this.at(text)) throw this.error(JSON.stringify(text));
    this.#position += text.length;
  }

  match(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.#position;
    const [match, group] = pattern.exec(this.#line) ?? [];
    if (match === undefined) throw this.error(what);
    this.#position += match.length;
    return group ?? match;
  }

  labels(): Record<string, string> {
    const labels: Record<string, string> = {};
    this.expect('{');
    for (let isFirst = true; !this.at('}'); isFirst = false) {
      if (!isFirst) this.expect(',');
      const name = this.match(LABEL_NAME, 'a label name');
      if (Object.hasOwn(labels, name)) throw this.error('a label only once');
      this.expect('=');
      labels[name] = unescape(this.match(QUOTED, 'a quoted value'));
    }
    this.expect('}');
    return labels;
  }

  number(): number {
    const text = this.match(NUMBER, 'a number');
    return /inf/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);
  }

  error(expected: string): Error {
    return new Error(`expected ${expected} at ${this.#position}: ${this.#line}`);
  }
}

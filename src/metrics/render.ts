import { nextTurn } from '../core/next-turn.js';
import { isSightlineMetric, type Metric, type PromMetric, type PromValue } from './metric.js';
import { defaultLabelsOf, type MetricRegistry } from './registry.js';
import { escapeLabelValue, formatCanonicalFloat, formatValue } from './text.js';

/** The two exposition formats. */
export type ExpositionFormat = 'text' | 'openmetrics';

export interface RenderOptions {
  readonly format: ExpositionFormat;
  /** Families to render; left out: all. */
  readonly names?: ReadonlySet<string> | undefined;
  /** Told of a metric of someone else's that could not be read; the scrape goes on without it. */
  readonly onFault: (name: string, error: unknown) => void;
}

/** How long rendering may hold the event loop before it lets other work run. */
const SLICE_MS = 5;
/** Lines between two looks at the clock. */
const LINES_PER_LOOK = 256;
/** Characters gathered before they are handed on. */
const CHUNK_CHARS = 65_536;

/**
 * Renders a whole registry, our metrics and others', in slices: however many series there are,
 * the loop is never held longer than a few milliseconds at a time.
 *
 * @returns the exposition in UTF-8, in pieces of about 64 KiB
 */
export async function renderRegistry(registry: MetricRegistry, options: RenderOptions): Promise<Buffer[]> {
  const page = new Page(options.format, defaultLabelsOf(registry));
  const families: { readonly name: string; readonly add: () => Promise<void> }[] = [];
  for (const metric of registry.getMetricsAsArray()) {
    const name = nameOf(metric);
    if (name === undefined || (options.names && !options.names.has(name))) continue;
    if (isSightlineMetric(metric)) {
      families.push({ name, add: () => page.addOurs(metric) });
    } else {
      // All are asked before any is awaited: an app's own may ask something slow.
      const read = readForeign(metric);
      read.catch(() => {});
      families.push({ name, add: async () => page.addForeign(name, await read) });
      await page.pause();
    }
  }
  for (const { name, add } of families) {
    try {
      await add();
    } catch (error) {
      options.onFault(name, error);
    }
  }
  return page.end();
}

async function readForeign(metric: unknown): Promise<PromMetric> {
  return (metric as { get(): PromMetric | Promise<PromMetric> }).get();
}

/** The exposition while it is being written. */
class Page {
  readonly #openMetrics: boolean;
  readonly #defaults: readonly (readonly [name: string, text: string])[];
  readonly #chunks: Buffer[] = [];
  #text = '';
  #lines = 0;
  #sliceStart = performance.now();

  constructor(format: ExpositionFormat, defaults: Readonly<Record<string, string | number>>) {
    this.#openMetrics = format === 'openmetrics';
    this.#defaults = Object.entries(defaults).map(([name, value]) => [name, label(name, value)]);
  }

  async addOurs(metric: Metric): Promise<void> {
    const sampleName = this.#header(metric.familyName, metric.type, metric.help);
    const formatBound = this.#openMetrics ? formatCanonicalFloat : formatValue;
    const defaults = this.#defaults.filter(([name]) => !metric.labelNames.includes(name)).map(([, text]) => text);
    const common = (metric.labelNames.length > 0 && defaults.length > 0 ? ',' : '') + defaults.join(',');
    // Each piece that a line is joined of costs time, and there may be 100,000 lines: what repeats is joined once.
    const hasLabels = metric.labelNames.length > 0 || defaults.length > 0;
    const end = `${common}${hasLabels ? '}' : ''} `;
    const bucketEnds = [...metric.bucketBounds, Infinity].map(
      bound => `${common}${hasLabels ? ',' : ''}le="${formatBound(bound)}"} `,
    );
    const heads: Record<string, string> = {};
    for (const sample of metric.samples()) {
      const { suffix, bucket, value } = sample;
      const head = (heads[suffix] ??= `${sampleName}${suffix}${hasLabels || bucket >= 0 ? '{' : ''}`);
      let line = head + sample.labelText + (bucket < 0 ? end : (bucketEnds[bucket] as string));
      // Small integers, which most samples are, need no more than this.
      line += Number.isSafeInteger(value) ? value : formatValue(value);
      if (this.#openMetrics && sample.exemplar) {
        const { labels: exemplarLabels, value: seen, timestamp } = sample.exemplar;
        line += exemplarText(exemplarLabels, seen, timestamp);
      }
      this.#text += `${line}\n`;
      if (++this.#lines % LINES_PER_LOOK === 0) await this.pause();
    }
    this.#endFamily();
  }

  /** Adds all of a family or, where its values are none, nothing; throws then. */
  async addForeign(name: string, metric: PromMetric): Promise<void> {
    const textBefore = this.#text;
    const chunksBefore = this.#chunks.length;
    try {
      const sampleName = this.#header(name, metric.type, metric.help);
      for (const value of (metric as Partial<PromMetric>).values ?? []) {
        this.#text += this.#foreignLine(metric.type, sampleName, value);
        if (++this.#lines % LINES_PER_LOOK === 0) await this.pause();
      }
    } catch (error) {
      this.#text = textBefore;
      this.#chunks.length = chunksBefore;
      throw error;
    }
    this.#endFamily();
  }

  #foreignLine(type: string, sampleName: string, value: PromValue): string {
    const { labels = {}, sharedLabels = {} } = value as Partial<PromValue> & { sharedLabels?: PromValue['labels'] };
    const all = { ...labels, ...sharedLabels };
    const parts = Object.entries(all).map(([key, text]) => this.#foreignLabel(type, key, text));
    for (const [key, text] of this.#defaults) if (!Object.hasOwn(all, key)) parts.push(text);
    const head = `${value.metricName ?? sampleName}${parts.length > 0 ? `{${parts.join(',')}}` : ''}`;
    const exemplar = this.#openMetrics && value.exemplar ? value.exemplar : undefined;
    const tail = exemplar ? exemplarText(exemplar.labelSet, exemplar.value, exemplar.timestamp) : '';
    return `${head} ${formatValue(Number(value.value))}${tail}\n`;
  }

  end(): Buffer[] {
    if (this.#openMetrics) this.#text += '# EOF\n';
    this.#flush();
    return this.#chunks;
  }

  /** Writes a family's head; returns the name its plain samples have. */
  #header(name: string, type: string, help: string): string {
    // OpenMetrics names a counter's family without the suffix that its samples carry.
    const isCounter = this.#openMetrics && type === 'counter';
    const family = isCounter ? name.replace(/_total$/, '') : name;
    const escaped = String(help).replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
    const text = this.#openMetrics ? escaped.replaceAll('"', '\\"') : escaped;
    const shownType = this.#openMetrics && type === 'untyped' ? 'unknown' : type;
    this.#text += `# HELP ${family} ${text}\n# TYPE ${family} ${shownType}\n`;
    return isCounter ? `${family}_total` : name;
  }

  #foreignLabel(type: string, name: string, value: string | number): string {
    const isBound = (type === 'histogram' && name === 'le') || (type === 'summary' && name === 'quantile');
    const bound = this.#openMetrics && isBound && value !== '' ? Number(value) : NaN;
    return Number.isNaN(bound) ? label(name, value) : `${name}="${formatCanonicalFloat(bound)}"`;
  }

  #endFamily(): void {
    // An empty line between families reads better; OpenMetrics allows none.
    if (!this.#openMetrics) this.#text += '\n';
    if (this.#text.length >= CHUNK_CHARS) this.#flush();
  }

  #flush(): void {
    if (this.#text === '') return;
    this.#chunks.push(Buffer.from(this.#text));
    this.#text = '';
  }

  /** Lets other work run, where this one has held the loop for long enough. */
  async pause(): Promise<void> {
    if (this.#text.length >= CHUNK_CHARS) this.#flush();
    if (performance.now() - this.#sliceStart < SLICE_MS) return;
    await nextTurn();
    this.#sliceStart = performance.now();
  }
}

function label(name: string, value: unknown): string {
  return `${name}="${escapeLabelValue(String(value))}"`;
}

function exemplarText(labels: Readonly<Record<string, string | number>>, value: number, timestamp: number): string {
  const text = Object.entries(labels).map(([name, labelValue]) => label(name, labelValue));
  return ` # {${text.join(',')}} ${formatValue(value)} ${timestamp.toFixed(3)}`;
}

function nameOf(metric: unknown): string | undefined {
  if (isSightlineMetric(metric)) return metric.familyName;
  const { name } = metric as { name?: unknown };
  return typeof name === 'string' ? name : undefined;
}

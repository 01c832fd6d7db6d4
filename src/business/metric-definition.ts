import { describe, InvalidOptionError } from '../core/errors.js';
import { catalogue, type MetricName } from '../metrics/catalogue.js';
import type { MetricType } from '../metrics/metric.js';
import type { OwnMetric } from '../metrics/metrics.js';

/** A metric of the app's own. */
export interface BusinessMetricOptions<L extends string = string> {
  /** `snake_case`, with a base unit; a counter's ends with `_total`, and no other's does. */
  readonly name: string;
  /** One sentence for who reads the scrape. */
  readonly help: string;
  /** Names of its labels. Their values must be few: no ids, URLs or messages. Default: none. */
  readonly labels?: readonly L[];
}

/** https://prometheus.io/docs/concepts/data_model/; colons are for recording rules. */
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** `le` and `quantile` are Prometheus's own, and so is all that begins with two underscores. */
const RESERVED_LABEL = /^(le|quantile|__.*)$/;
/** Samples of histograms and summaries have these, and OpenMetrics some more. */
const RESERVED_ENDING = /_(sum|count|bucket|created|info)$/;

/**
 * Checks what an app calls a metric of its own.
 * @param path of the options in an error: `business.counter`
 * @throws InvalidOptionError naming what was given and what is allowed
 */
export function ownMetric(type: MetricType, { name, help, labels = [] }: BusinessMetricOptions, path: string): OwnMetric {
  checkName(type, name, path);
  if (Object.hasOwn(catalogue, name)) {
    throw new InvalidOptionError(`${path}.name`, name, "a name of the app's own: this metric is one of Sightline's, which it counts itself");
  }
  if (typeof help !== 'string' || help.trim() === '') throw new InvalidOptionError(`${path}.help`, help, 'a sentence that says what it is');
  return { name, help, labels: checkLabels(labels, path), ...(type === 'gauge' && { aggregator: 'max' as const }) };
}

/** A metric of the catalogue, if it has the name: with the type and the labels that are asked for. */
export function catalogueMetric(type: MetricType, name: string, labels: readonly string[] | undefined, path: string): OwnMetric | undefined {
  if (!Object.hasOwn(catalogue, name)) return undefined;
  const definition = catalogue[name as MetricName];
  if (definition.type !== type) throw new InvalidOptionError(`${path}.type`, type, `"${definition.type}", as ${name} is one`);
  if (labels !== undefined && labels.join() !== definition.labels.join()) {
    throw new InvalidOptionError(`${path}.labels`, labels, `the labels of ${name}: ${describe(definition.labels.join(', '))}`);
  }
  return { ...definition, name };
}

function checkName(type: MetricType, name: unknown, path: string): asserts name is string {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new InvalidOptionError(`${path}.name`, name, 'letters, digits and underscores, not beginning with a digit');
  }
  if (name.endsWith('_total') !== (type === 'counter')) {
    throw new InvalidOptionError(`${path}.name`, name, type === 'counter' ? 'a name that ends with _total, as those of counters do' : `a name without _total, which is for counters: this is a ${type}`);
  }
  if (RESERVED_ENDING.test(name)) throw new InvalidOptionError(`${path}.name`, name, 'a name without _sum, _count, _bucket, _created or _info at its end: samples of histograms have these');
  if (name.startsWith('sightline_')) throw new InvalidOptionError(`${path}.name`, name, "another beginning: sightline_ is for the library's own health");
}

function checkLabels(labels: unknown, path: string): readonly string[] {
  if (!Array.isArray(labels)) throw new InvalidOptionError(`${path}.labels`, labels, 'a list of label names');
  for (const label of labels as readonly unknown[]) {
    if (typeof label !== 'string' || !NAME.test(label) || RESERVED_LABEL.test(label)) {
      throw new InvalidOptionError(`${path}.labels`, label, 'letters, digits and underscores, not beginning with a digit or two underscores, and neither le nor quantile');
    }
  }
  if (new Set(labels).size !== labels.length) throw new InvalidOptionError(`${path}.labels`, labels.join(', '), 'each label once');
  return [...(labels as readonly string[])];
}

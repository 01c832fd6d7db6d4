import type { ServerResponse } from 'node:http';
import type { Diagnostics } from '../core/diagnostics.js';
import { InvalidOptionError } from '../core/errors.js';
import type { Counter } from '../metrics/counter.js';
import type { Histogram } from '../metrics/histogram.js';
import type { Metrics } from '../metrics/metrics.js';
import { OTHER } from '../metrics/series-table.js';

/**
 * Labels an app adds to its requests: name → a function of the finished request (in Koa, of the context).
 * Read when the response is over, so what handlers set on the request or response is there.
 */
export type LabelReaders = Readonly<
  // The app's framework decides which request it is; `any` lets it write its own type.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  Record<string, (request: any, response: any) => string | number | boolean | undefined>
>;

/** Different values a label may take; later ones count as `other`. */
const VALUES_PER_LABEL = 100;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const RESERVED = new Set(['endpoint', 'status_code', 'le']);

/** @throws InvalidOptionError for a name Prometheus does not take, or a reader that is no function */
export function checkLabels(readers: LabelReaders): void {
  for (const [name, reader] of Object.entries(readers)) {
    if (!LABEL_NAME.test(name) || name.startsWith('__') || RESERVED.has(name)) {
      throw new InvalidOptionError('labels', name, `label names of letters, digits and _, other than ${[...RESERVED].join(', ')}`);
    }
    if (typeof reader !== 'function') throw new InvalidOptionError(`labels.${name}`, reader, 'a function of the request');
  }
}

/**
 * Records requests by an app's own labels, in metrics of their own: the plan's labels never change.
 * An app's label may be anything, so each is capped by itself, besides the cap on the series.
 */
export class CustomLabels {
  readonly #requests: Counter;
  readonly #duration: Histogram;
  readonly #readers: readonly (readonly [string, LabelReaders[string]])[];
  readonly #values: readonly Set<string>[];
  readonly #diagnostics: Diagnostics;

  /**
   * @throws InvalidOptionError for what {@link checkLabels} refuses
   * @throws SightlineError `SIGHTLINE_METRIC_CONFLICT` where the monitor has other labels already
   */
  constructor(readers: LabelReaders, metrics: Metrics, diagnostics: Diagnostics) {
    checkLabels(readers);
    this.#readers = Object.entries(readers);
    this.#values = this.#readers.map(() => new Set());
    this.#diagnostics = diagnostics;
    const names = Object.keys(readers);
    this.#requests = metrics.counter('http_labeled_requests_total', names);
    this.#duration = metrics.histogram('http_labeled_request_duration_seconds', names);
  }

  /** Counts one finished request. */
  record(subject: unknown, response: ServerResponse, endpoint: string, statusCode: number, seconds: number): void {
    const values = this.#readers.map(([name, read], i) => this.#valueOf(name, read, this.#values[i] as Set<string>, subject, response));
    this.#requests.add(this.#requests.slot(endpoint, String(statusCode), ...values));
    this.#duration.observeAt(this.#duration.slot(endpoint, ...values), seconds);
  }

  #valueOf(name: string, read: LabelReaders[string], known: Set<string>, subject: unknown, response: ServerResponse): string {
    let value: string;
    try {
      const given = read(subject, response);
      value = String(given ?? '').slice(0, 128);
    } catch (error) {
      this.#diagnostics.fault('http', `label \`${name}\` could not be read`, error);
      return '';
    }
    if (known.has(value)) return value;
    if (known.size >= VALUES_PER_LABEL) return OTHER;
    known.add(value);
    return value;
  }
}

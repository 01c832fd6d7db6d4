import type { Diagnostics } from '../core/diagnostics.js';
import { InvalidOptionError } from '../core/errors.js';
import { checkOptions, type OptionRule } from '../core/options.js';
import { Counter } from '../metrics/counter.js';
import { Gauge } from '../metrics/gauge.js';
import { Histogram } from '../metrics/histogram.js';
import type { Metrics } from '../metrics/metrics.js';
import { BusinessCounter, BusinessGauge, BusinessHistogram } from './business-metric.js';
import type { Collector, CollectorOptions } from './collectors/collector.js';
import type { Collectors } from './collectors/collectors.js';
import { labelText } from './label-text.js';
import { ownMetric, type BusinessMetricOptions } from './metric-definition.js';
import { Slo, type SloOptions } from './slo.js';

/** A histogram of the app's own. */
export interface BusinessHistogramOptions<L extends string = string> extends BusinessMetricOptions<L> {
  /** Upper bounds of its buckets, ascending, in its unit. */
  readonly buckets: readonly number[];
}

/** A learning session that was begun. */
export interface LearningSession {
  readonly userType: string;
  readonly subject: string;
}

/** An exercise that was completed. */
export interface ExerciseCompletion {
  readonly exerciseType: string;
  readonly difficulty: string;
  /** `correct`, `incorrect`, `skipped`, … */
  readonly result: string;
}

const anything: OptionRule = { allowed: 'a value', accepts: () => true };
const METRIC_RULES: Readonly<Record<keyof BusinessMetricOptions, OptionRule>> = { name: anything, help: anything, labels: anything };
const HISTOGRAM_RULES: Readonly<Record<keyof BusinessHistogramOptions, OptionRule>> = {
  ...METRIC_RULES,
  buckets: {
    allowed: 'a list of ascending numbers, at least one',
    accepts: value => Array.isArray(value) && value.length > 0 && value.every((bound: unknown, i) => Number.isFinite(bound) && (i === 0 || (bound as number) > (value[i - 1] as number))),
  },
};

/**
 * What the app is for, in figures: metrics of its own, objectives, and queries of its data that become metrics.
 * @example monitor.business.recordLearningSession({ userType: 'vip', subject: 'listening' })
 */
export class Business {
  readonly #metrics: Metrics;
  readonly #diagnostics: Diagnostics;
  readonly #collectors: Collectors;

  /** Use `monitor.business`. @internal */
  constructor({ metrics, diagnostics, collectors }: { metrics: Metrics; diagnostics: Diagnostics; collectors: Collectors }) {
    this.#metrics = metrics;
    this.#diagnostics = diagnostics;
    this.#collectors = collectors;
  }

  /** Counts in `learning_sessions_total`. Never throws. */
  recordLearningSession({ userType, subject }: LearningSession): void {
    this.#guard(() => {
      this.#metrics.counter('learning_sessions_total').inc({ user_type: labelText(userType), subject: labelText(subject) });
    });
  }

  /** Counts in `exercise_completions_total`. Never throws. */
  recordExerciseCompletion({ exerciseType, difficulty, result }: ExerciseCompletion): void {
    this.#guard(() => {
      this.#metrics
        .counter('exercise_completions_total')
        .inc({ exercise_type: labelText(exerciseType), difficulty: labelText(difficulty), result: labelText(result) });
    });
  }

  /**
   * Sets `active_users_total`, for an app that counts its users itself. Never throws.
   * @param timeWindow `5m`, `1h`, `24h`, …
   */
  setActiveUsers(timeWindow: string, users: number): void {
    this.#guard(() => {
      this.#metrics.gauge('active_users_total').set({ time_window: labelText(timeWindow) }, users);
    });
  }

  /**
   * A counter of the app's own; the same one, where there is one of this name and these labels.
   *
   * @throws InvalidOptionError naming the option, what was given and what is allowed
   * @throws SightlineError `SIGHTLINE_METRIC_CONFLICT` where the registry has another metric of the name
   * @example
   * const signUps = monitor.business.counter({ name: 'sign_ups_total', help: 'Accounts made.', labels: ['plan'] });
   * signUps.inc({ plan: 'free' });
   */
  counter<const L extends string = never>(options: BusinessMetricOptions<L>): BusinessCounter<L> {
    checkOptions('business.counter', options ?? null, METRIC_RULES);
    const definition = ownMetric('counter', options, 'business.counter');
    return new BusinessCounter<L>(this.#metrics.register(definition, settings => new Counter(settings)), this.#diagnostics);
  }

  /**
   * A gauge of the app's own, for what this process knows; what several know alike is the greatest of theirs in cluster mode.
   *
   * @throws InvalidOptionError and SightlineError as {@link counter} does
   * @example monitor.business.gauge({ name: 'essays_waiting', help: 'Essays that wait to be graded.' }).set({}, queue.length)
   */
  gauge<const L extends string = never>(options: BusinessMetricOptions<L>): BusinessGauge<L> {
    checkOptions('business.gauge', options ?? null, METRIC_RULES);
    const definition = ownMetric('gauge', options, 'business.gauge');
    return new BusinessGauge<L>(this.#metrics.register(definition, settings => new Gauge(settings)), this.#diagnostics);
  }

  /**
   * A histogram of the app's own.
   *
   * @throws InvalidOptionError and SightlineError as {@link counter} does
   * @example monitor.business.histogram({ name: 'essay_length_words', help: 'Words of essays.', buckets: [50, 100, 200, 400] })
   */
  histogram<const L extends string = never>(options: BusinessHistogramOptions<L>): BusinessHistogram<L> {
    checkOptions('business.histogram', options ?? null, HISTOGRAM_RULES);
    const { buckets } = options;
    if (!Array.isArray(buckets)) throw new InvalidOptionError('business.histogram.buckets', buckets, HISTOGRAM_RULES.buckets.allowed);
    const definition = ownMetric('histogram', options, 'business.histogram');
    return new BusinessHistogram<L>(this.#metrics.register(definition, settings => new Histogram({ ...settings, buckets })), this.#diagnostics);
  }

  /**
   * A service level objective: `slo_good_events_total`, `slo_events_total` and `slo_target_ratio`, by its name in the label `slo`.
   *
   * @throws InvalidOptionError naming the option, what was given and what is allowed
   * @example
   * const grading = monitor.business.slo({ name: 'essay_grading', target: 0.99 });
   * grading.record(seconds < 10);
   */
  slo(options: SloOptions): Slo {
    return new Slo(options, this.#metrics, this.#diagnostics);
  }

  /**
   * Makes a metric of a query: asked again and again, in one process at a time where the monitor has the option `redis`.
   * A list of collectors, such as {@link learningMetrics} gives, is taken as well; then either all are begun or none.
   *
   * @throws InvalidOptionError naming the option, what was given and what is allowed
   * @throws SightlineError `SIGHTLINE_METRIC_CONFLICT` where the registry has another metric of the name
   * @example
   * monitor.business.collect({
   *   name: 'courses_published',
   *   help: 'Courses that can be booked.',
   *   labels: ['level'],
   *   every: '5m',
   *   collect: async () => (await db.query('select level, count(*) as value from courses group by level')).rows
   *     .map(({ level, value }) => ({ labels: { level }, value })),
   * });
   */
  collect<const L extends string = never>(collector: CollectorOptions<L>): Collector;
  collect(collectors: readonly CollectorOptions[]): readonly Collector[];
  collect(given: CollectorOptions | readonly CollectorOptions[]): Collector | readonly Collector[] {
    if (Array.isArray(given)) return this.#collectors.start(given as readonly CollectorOptions[]);
    return this.#collectors.start([given as CollectorOptions])[0] as Collector;
  }

  /** Ends all collectors. Never rejects. @internal */
  close(): Promise<void> {
    return this.#collectors.close();
  }

  #guard(record: () => void): void {
    this.#diagnostics.guard('business', 'a value could not be recorded', record);
  }
}

import {
  learningMetrics,
  sqlLearningSource,
  type Business,
  type BusinessCounter,
  type Collector,
  type CollectorOptions,
  type LearningSource,
  type Slo,
  type SloOptions,
  type SqlLearningSourceOptions,
} from '../../src/business/index.js';
import type { Monitor } from '../../src/index.js';
import type { Equal, Expect } from '../support/type-equality.js';

type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];

declare const business: Business;
declare const source: LearningSource;

export type Names = [Expect<Equal<Monitor['business'], Business>>];

// What must be given, and what may be left out.

export type Required = [
  Expect<Equal<RequiredKeys<CollectorOptions>, 'name' | 'every' | 'collect'>>,
  Expect<Equal<RequiredKeys<SloOptions>, 'name' | 'target'>>,
  Expect<Equal<RequiredKeys<SqlLearningSourceOptions>, 'query' | 'dialect'>>,
  Expect<Equal<RequiredKeys<LearningSource>, 'activeUsers' | 'completions' | 'durations' | 'aiCosts' | 'satisfaction'>>,
];

// Labels are known by the names that a metric was made with.

const signUps = business.counter({ name: 'sign_ups_total', help: 'Accounts made.', labels: ['plan'] });
const logins = business.counter({ name: 'logins_total', help: 'Logins.' });
signUps.inc({ plan: 'free' });
signUps.inc({ plan: 3 }, 2);
logins.inc();
// @ts-expect-error -- no such label
signUps.inc({ plans: 'free' });
// @ts-expect-error -- a label is missing
signUps.inc({});
business.gauge({ name: 'waiting', help: 'Waiting.' }).set({}, 3);
// @ts-expect-error -- a histogram needs buckets
business.histogram({ name: 'length_words', help: 'Words.' });

export type Counters = [Expect<Equal<typeof signUps, BusinessCounter<'plan'>>>, Expect<Equal<typeof logins, BusinessCounter>>];

// One collector or a list of them; rows have the labels that were named.

const one = business.collect({
  name: 'courses_published',
  help: 'Courses.',
  labels: ['level'],
  every: '5m',
  collect: async ({ now, signal }) => [{ labels: { level: signal.aborted ? 'a' : 'b' }, value: now }],
});
const many = business.collect(learningMetrics(source, { timeZone: 'Asia/Shanghai', aiCostEvery: false }));
void [one, many];
// @ts-expect-error -- a row without the label
business.collect({ name: 'x', help: 'X.', labels: ['level'], every: '5m', collect: () => [{ labels: {}, value: 3 }] });

export type Collectors = [
  Expect<Equal<typeof one, Collector>>,
  Expect<Equal<typeof many, readonly Collector[]>>,
];

// Objectives follow counters or functions.

export const slo: Slo = business.slo({ name: 'grading', target: 0.99, good: signUps, total: () => 3 });

// Drivers' queries fit.

sqlLearningSource({ dialect: 'postgresql', query: async (sql, values) => ({ rows: [{ sql, values }] }) });
// @ts-expect-error -- no such dialect
sqlLearningSource({ dialect: 'oracle', query: () => [] });

import type { AlertInput } from 'sightline/alerting';
import { sum, type Change } from '../live/change.js';
import { share } from '../live/format.js';

/** A kind of fault, as it shows in the platform's own metrics. */
export interface Rule {
  /** What is wrong now, one alert for each; empty where all is well. @param change the last {@link WINDOW_MS} */
  readonly check: (change: Change) => readonly AlertInput[];
}

/** What the rules look back on. Much shorter than a real platform's, so that one sees them at work. */
export const WINDOW_MS = 30_000;

export const REFUSED_CALLS = 'AI model refuses calls';

const LEAST_REFUSED = 10;
const LEAST_REQUESTS = 20;
const LEAST_QUERIES = 5;
const MOST_FAILED = 0.3;

/** The provider has had enough of us: essays stay ungraded. */
const refusedCalls: Rule = {
  check: change => {
    const outcomes = change.by('ai_request_outcomes_total', 'service', 'model', 'outcome');
    return names(outcomes).flatMap(name => {
      const [service = '', model = ''] = name.split(' ');
      const refused = outcomes.get(`${name} rate_limited`) ?? 0;
      // An answer comes from a dated release, a refusal from none: `gpt-4o-2024-08-06 ok`, `gpt-4o rate_limited`.
      const calls = sum(outcomes, key => key.startsWith(name) && /^(?:-\d{4}-\d{2}-\d{2})? /.test(key.slice(name.length)));
      if (refused < LEAST_REFUSED || refused / calls < MOST_FAILED) return [];
      return [
        {
          title: REFUSED_CALLS,
          description: `${model} refused ${refused} of its last ${calls} calls. Learners are told to hand their essays in again.`,
          severity: 'high',
          source: 'grading',
          labels: { service, model },
        },
      ];
    });
  },
};

/** What no code expected: a 503 is said on purpose, a 500 never is. */
const failingEndpoint: Rule = {
  check: change => {
    const requests = change.by('http_requests_total', 'endpoint', 'status_code');
    return names(requests).flatMap(endpoint => {
      const all = sum(requests, key => key.startsWith(`${endpoint} `));
      const failed = requests.get(`${endpoint} 500`) ?? 0;
      if (all < LEAST_REQUESTS || failed / all < MOST_FAILED) return [];
      return [
        {
          title: 'High error rate',
          description: `${share(failed / all)} of the last ${all} requests were answered 500.`,
          severity: 'high',
          source: 'http',
          labels: { endpoint },
        },
      ];
    });
  },
};

const failingQueries: Rule = {
  check: change =>
    [...change.by('db_queries_total', 'operation', 'table')].flatMap(([key, failed]) => {
      const [, operation, table = ''] = /^(\w+)_error (.*)$/.exec(key) ?? [];
      if (operation === undefined || failed < LEAST_QUERIES) return [];
      return [
        {
          title: 'Database queries fail',
          description: `${failed} queries failed in the last ${WINDOW_MS / 1_000} seconds.`,
          severity: 'medium',
          source: 'database',
          labels: { operation, table },
        },
      ];
    }),
};

export const RULES: readonly Rule[] = [refusedCalls, failingEndpoint, failingQueries];

/** What stands before the last label, each once. */
function names(values: ReadonlyMap<string, number>): string[] {
  return [...new Set([...values.keys()].map(key => key.slice(0, key.lastIndexOf(' '))))];
}

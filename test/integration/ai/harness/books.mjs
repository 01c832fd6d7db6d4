// @ts-check
// What a monitor has booked, in a form that compares and prints well: only what is there.

/**
 * @typedef {object} Books
 * @property {number} [calls]
 * @property {string} [status]
 * @property {string} [outcome]
 * @property {string} [service]
 * @property {string} [model]
 * @property {Record<string, number>} [tokens] by type and kind
 * @property {number} [cost]
 * @property {string} [missing] why tokens are missing
 * @property {number} [unpriced]
 * @property {number} [retries]
 * @property {number} [firstTokens] observations of the time to the first token
 * @property {Record<string, number>} [limits] what is left of rate limits
 * @property {number} [retryAfter]
 * @property {number} [inFlight]
 * @property {Record<string, number>} [faults] the monitor's own
 */

/** @typedef {{ labels: Record<string, string>, value: number, metricName?: string }} Sample */

/**
 * What is read of a monitor.
 *
 * @typedef {{ registry: { getMetricsAsArray(): { get(): Promise<{ name: string, values: Sample[] }> }[] } }} Monitor
 */

/**
 * @param {Monitor} monitor
 * @returns {Promise<Books>}
 */
export async function readBooks(monitor) {
  /** @type {Map<string, Sample[]>} */ const samples = new Map();
  for (const metric of await Promise.all(monitor.registry.getMetricsAsArray().map(each => each.get()))) samples.set(metric.name, metric.values);
  const of = (/** @type {string} */ name) => (samples.get(name) ?? []).filter(({ value }) => value !== 0);
  const total = (/** @type {Sample[]} */ list) => list.reduce((sum, { value }) => sum + value, 0);
  // Of several values of a label all are shown, so that one too many is seen.
  const labels = (/** @type {string} */ name, /** @type {string} */ label) => [...new Set(of(name).map(each => each.labels[label]))].sort().join(' ');
  const by = (/** @type {string} */ name, /** @type {string} */ label) => {
    /** @type {Record<string, number>} */ const sums = {};
    for (const each of of(name)) sums[each.labels[label] ?? ''] = (sums[each.labels[label] ?? ''] ?? 0) + each.value;
    return sums;
  };
  const counts = (/** @type {string} */ name) => total(of(name).filter(({ metricName }) => metricName === `${name}_count`));

  const calls = total(of('ai_requests_total'));
  /** @type {Books} */
  const books = {
    calls,
    status: labels('ai_requests_total', 'status'),
    outcome: labels('ai_request_outcomes_total', 'outcome'),
    service: labels('ai_requests_total', 'service'),
    model: labels('ai_requests_total', 'model'),
    tokens: { ...by('ai_token_usage_total', 'type'), ...by('ai_token_details_total', 'kind') },
    cost: Number(total(of('ai_service_cost_total')).toFixed(9)),
    missing: labels('ai_usage_missing_total', 'reason'),
    unpriced: total(of('ai_cost_unpriced_total')),
    retries: total(of('ai_retries_total')),
    firstTokens: counts('ai_time_to_first_token_seconds'),
    limits: by('ai_rate_limit_remaining', 'kind'),
    retryAfter: total(of('ai_retry_after_seconds')),
    inFlight: total(of('ai_requests_in_flight')),
    faults: by('sightline_errors_total', 'component'),
  };
  // Each call is counted by its outcome and timed, too.
  const outcomes = total(of('ai_request_outcomes_total'));
  const durations = counts('ai_request_duration_seconds');
  if (outcomes !== calls || durations !== calls) books.outcome += ` (${outcomes} outcomes and ${durations} durations of ${calls} calls)`;
  return withoutNothing(books);
}

/**
 * Without what is zero or empty.
 *
 * @param {Books} books
 * @returns {Books}
 */
export function withoutNothing(books) {
  const isThere = (/** @type {unknown} */ value) =>
    value !== undefined && value !== 0 && value !== '' && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return Object.fromEntries(
    Object.entries(books).flatMap(([key, value]) => {
      const kept = typeof value === 'object' ? Object.fromEntries(Object.entries(value).filter(([, each]) => isThere(each))) : value;
      return isThere(kept) ? [[key, kept]] : [];
    }),
  );
}

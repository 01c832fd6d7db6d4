import { aFunction, anObject, checkOptions, withMethods, type OptionRule } from '../core/options.js';
import { checkLabels, type LabelReaders } from './custom-labels.js';
import { checkAccess, type MetricsAccess } from './metrics-endpoint.js';

const aMonitor: OptionRule = withMethods('a monitor made by createMonitor()', 'observeRequests', 'metricsEndpoint');
const REQUEST_RULES = { monitor: aMonitor, skip: aFunction, labels: anObject };
/** `checkAccess` looks at these, and shows no token. */
const anything: OptionRule = { allowed: '', accepts: () => true };
const ENDPOINT_RULES = { monitor: aMonitor, bearerToken: anything, authorize: anything };

/** What `monitorRequests` takes, in any framework. */
export interface MonitorRequestsOptions<M> {
  /** Default: the shared monitor. */
  readonly monitor?: M;
  /** Requests (in Koa: contexts) it says `true` of are not observed: health checks, static files. */
  // The framework decides what it is; `any` lets an app write its own type.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly skip?: (request: any) => boolean;
  /**
   * Labels of the app's own, read when a response is over. They go into metrics of their own,
   * `http_labeled_requests_total` and `http_labeled_request_duration_seconds`; each keeps 100 values, further ones
   * count as `other`.
   */
  readonly labels?: LabelReaders;
}

/** @throws InvalidOptionError for what `monitorRequests` can't take */
export function checkRequestOptions(options: unknown): void {
  checkOptions('', options, REQUEST_RULES);
  const { labels } = options as { labels?: LabelReaders };
  if (labels !== undefined) checkLabels(labels);
}

/** @throws InvalidOptionError for what `serveMetrics` can't take */
export function checkEndpointOptions(options: unknown): void {
  checkOptions('', options, ENDPOINT_RULES);
  checkAccess(options as MetricsAccess);
}

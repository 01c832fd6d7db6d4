export { monitorRequests, type ExpressMonitorRequestsOptions, type ExpressMiddleware } from './monitor-requests.js';
export { serveMetrics, type ServeMetricsOptions, type ExpressHandler } from './serve-metrics.js';

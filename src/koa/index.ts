export { monitorRequests, type KoaMonitorRequestsOptions, type KoaMiddleware } from './monitor-requests.js';
export { serveMetrics, type ServeMetricsOptions } from './serve-metrics.js';

export { monitorRequests, type KoaMonitorRequestsOptions, type KoaMiddleware } from './monitor-requests.js';
export { serveAlerts, type KoaServeAlertsOptions } from './serve-alerts.js';
export { serveMetrics, type ServeMetricsOptions } from './serve-metrics.js';

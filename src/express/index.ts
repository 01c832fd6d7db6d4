export { monitorRequests, type ExpressMonitorRequestsOptions, type ExpressMiddleware } from './monitor-requests.js';
export { serveAlerts, type ServeAlertsOptions } from './serve-alerts.js';
export { serveMetrics, type ServeMetricsOptions, type ExpressHandler } from './serve-metrics.js';

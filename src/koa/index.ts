export { monitorRequests, type KoaMonitorRequestsOptions, type KoaMiddleware } from './monitor-requests.js';
export type { MonitorRequestsOptions } from '../http/adapter-options.js';
export { serveAlerts, type KoaServeAlertsOptions } from './serve-alerts.js';
export { trackUsers, type KoaTrackUsersOptions } from './track-users.js';
export type { TrackUsersOptions } from '../activity/track-users.js';
export { serveMetrics, type ServeMetricsOptions } from './serve-metrics.js';

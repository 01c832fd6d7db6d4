export { monitorRequests, type ExpressMonitorRequestsOptions, type ExpressMiddleware } from './monitor-requests.js';
export type { MonitorRequestsOptions } from '../http/adapter-options.js';
export { serveAlerts, type ServeAlertsOptions } from './serve-alerts.js';
export { trackUsers, type ExpressTrackUsersOptions } from './track-users.js';
export type { TrackUsersOptions } from '../activity/track-users.js';
export { serveMetrics, type ServeMetricsOptions, type ExpressHandler } from './serve-metrics.js';

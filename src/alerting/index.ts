import './register.js';

export { Alerts, type RespondOptions, type SilenceInput } from './alerts.js';
export type { Alert, AlertInput, AlertStatus, HistoryEntry, Labels } from './alert.js';
export type { AlertSeverity } from './severity.js';
export type { AlertsOptions, EscalationOptions } from './options.js';
export type { Explanation } from './explanation.js';
export type { RemediationContext } from './remediation.js';
export type { AlertLinks, Notification, NotificationReason } from './notification.js';
export type { Channel, Delivery, Quota, SendContext } from './channels/channel.js';
export type { AlertFilter, NotificationLogEntry, Page, Silence } from './stores/alert-store.js';
export type { InhibitRule } from './routing/inhibition.js';
export type { MaintenanceWindowOptions } from './routing/maintenance-window.js';
export type { RouteOptions } from './routing/route-tree.js';
export type { TimeIntervalSpec } from './routing/time-interval.js';
export type { Locale, Message, MessageBlock, Template } from './templates/template.js';

import type { RuleGroup } from './alerting-rule.js';

/**
 * Rules by which a Prometheus outside of the app watches its alert dispatcher. They belong where they don't go through
 * the dispatcher that they are about.
 */
export const DISPATCHER_RULES: RuleGroup = {
  name: 'sightline-alert-dispatcher',
  rules: [
    {
      alert: 'AlertDispatcherAbsent',
      metrics: ['alert_dispatcher_last_run_timestamp_seconds'],
      expr: 'absent(alert_dispatcher_last_run_timestamp_seconds)',
      for: '5m',
      severity: 'critical',
      summary: 'No alert dispatcher runs',
      description: 'No app that is scraped has an alert dispatcher: none of them runs, none can be scraped, or alerts are not set up. Nobody is told of anything.',
    },
    {
      alert: 'AlertDispatcherStuck',
      metrics: ['alert_dispatcher_last_run_timestamp_seconds', 'alert_store_up'],
      expr: 'time() - alert_dispatcher_last_run_timestamp_seconds > 120 and on (job, instance) alert_store_up == 1',
      for: '1m',
      severity: 'critical',
      summary: 'The alert dispatcher of {{ $labels.instance }} stands still',
      description: 'It has not looked for due alerts for {{ $value | humanizeDuration }}, and should every 15 seconds: its store does not answer and does not fail, or the process is busy with something else.',
    },
    {
      alert: 'AlertStoreUnreachable',
      metrics: ['alert_store_up'],
      expr: 'alert_store_up == 0',
      for: '2m',
      severity: 'critical',
      summary: 'The store of alerts does not answer {{ $labels.instance }}',
      description: 'Alerts are told directly, without grouping, silences and notices that they are over. Look at Redis.',
    },
    {
      alert: 'AlertNotificationsFailing',
      metrics: ['alert_notifications_total'],
      expr:
        'sum by (job, channel) (rate(alert_notifications_total{outcome=~"retry|failed"}[10m]))' +
        ' / sum by (job, channel) (rate(alert_notifications_total{outcome=~"delivered|retry|failed"}[10m])) > 0.5',
      for: '5m',
      severity: 'high',
      summary: 'Most notifications by {{ $labels.channel }} fail',
      description: '{{ $value | humanizePercentage }} of the attempts to deliver of the last 10 minutes failed. The log of the app and the history of its alerts say why.',
    },
    {
      alert: 'AlertBacklogGrowing',
      metrics: ['alert_delivery_backlog'],
      expr: 'min_over_time(alert_delivery_backlog[10m]) > 10 and deriv(alert_delivery_backlog[10m]) > 0',
      for: '10m',
      severity: 'high',
      summary: 'Notifications pile up for {{ $labels.channel }}',
      description: '{{ $value }} or more have waited for 10 minutes, and more come than go. The channel fails, or its quota is too small for what fires.',
    },
    {
      alert: 'AlertHeartbeatMissing',
      metrics: ['alert_heartbeats_total'],
      expr:
        'sum by (job, instance) (increase(alert_heartbeats_total[10m])) > 0' +
        ' unless sum by (job, instance) (increase(alert_heartbeats_total{outcome="sent"}[10m])) > 0',
      for: '5m',
      severity: 'high',
      summary: 'The alert dispatcher of {{ $labels.instance }} sends no heartbeat',
      description: 'None was sent in the last 10 minutes: they are withheld because it does not work, or the service outside is not reached. Where heartbeats are further apart than 5 minutes, leave this rule out.',
    },
    {
      alert: 'AlertEscalationUnanswered',
      metrics: ['alert_escalations_total'],
      expr: 'sum by (job, policy) (increase(alert_escalations_total{level!="1"}[30m])) > 0',
      for: '0m',
      severity: 'high',
      summary: 'Alerts of the policy {{ $labels.policy }} go unanswered',
      description: 'An alert was escalated beyond the first step: whoever was told first has not acknowledged it.',
    },
  ],
};

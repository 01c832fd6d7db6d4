/** How bad an alert is, worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;

export type AlertSeverity = (typeof SEVERITIES)[number];

/** Whether `severity` is worse than `other`. */
export function isWorse(severity: AlertSeverity, other: AlertSeverity): boolean {
  return SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(other);
}

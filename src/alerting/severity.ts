/** How bad an alert is, worst first. */
export type AlertSeverity = 'critical' | 'high' | 'medium' | 'low' | 'info';

export const SEVERITIES: readonly AlertSeverity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** Whether `severity` is worse than `other`. */
export function isWorse(severity: AlertSeverity, other: AlertSeverity): boolean {
  return SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(other);
}

import { SEVERITIES, type AlertSeverity } from './severity.js';

/** What severities are called elsewhere: in Prometheus's rules, PagerDuty, syslog. */
const NAMES: Readonly<Record<AlertSeverity, readonly string[]>> = {
  critical: ['critical', 'crit', 'fatal', 'emergency', 'disaster', 'p1'],
  high: ['high', 'error', 'err', 'major', 'page', 'p2'],
  medium: ['medium', 'warning', 'warn', 'moderate', 'p3'],
  low: ['low', 'minor', 'notice', 'ticket', 'p4'],
  info: ['info', 'informational', 'information', 'none', 'debug', 'p5'],
};

const BY_NAME: ReadonlyMap<string, AlertSeverity> = new Map(SEVERITIES.flatMap(severity => NAMES[severity].map(name => [name, severity] as const)));

/** All the ways in which a `severity` label may say a severity. */
export function spellingsOf(severity: AlertSeverity): readonly string[] {
  return NAMES[severity].flatMap(name => [name, name.toUpperCase(), name[0]?.toUpperCase() + name.slice(1)]);
}

/** The severity that a `severity` label means, in whatever case; `medium` where nobody can say. */
export function severityOf(label: string | undefined): AlertSeverity {
  return BY_NAME.get(label?.trim().toLowerCase() ?? '') ?? 'medium';
}

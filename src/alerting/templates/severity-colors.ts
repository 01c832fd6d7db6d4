import type { AlertSeverity } from '../severity.js';

/** The colours of the monitoring plan, for markup that takes any. */
export const SEVERITY_COLORS: Readonly<Record<AlertSeverity, string>> = {
  critical: '#FF0000',
  high: '#FF8C00',
  medium: '#FFD700',
  low: '#32CD32',
  info: '#87CEEB',
};

import { registerPart } from '../core/part-registry.js';
import { createAlerts } from './create-alerts.js';

/** What a monitor needs of this folder. */
export interface AlertingPart {
  readonly createAlerts: typeof createAlerts;
}

const part: AlertingPart = { createAlerts };
registerPart('alerting', part);

import { registerPart } from '../core/part-registry.js';
import { AlertsEndpoint } from './api/alerts-endpoint.js';
import { checkServeOptions } from './api/serve-options.js';
import { createAlerts } from './create-alerts.js';
import { alertsOptionsFromEnv } from './environment.js';

/** What a monitor and the adapters of frameworks need of this folder. */
export interface AlertingPart {
  readonly createAlerts: typeof createAlerts;
  readonly alertsOptionsFromEnv: typeof alertsOptionsFromEnv;
  readonly AlertsEndpoint: typeof AlertsEndpoint;
  readonly checkServeOptions: typeof checkServeOptions;
}

const part: AlertingPart = { createAlerts, alertsOptionsFromEnv, AlertsEndpoint, checkServeOptions };
registerPart('alerting', part);

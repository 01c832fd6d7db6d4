import { routingLabels, type Alert } from '../../../src/alerting/alert.js';
import type { Judged } from '../../../src/alerting/pipeline.js';
import { NOW } from '../samples.js';

/** An alert, and what stands around it. */
export function judged(alert: Alert, around: Partial<Judged> = {}): Judged {
  return { alert, labels: routingLabels(alert), now: NOW, muteTimes: [], activeTimes: [], active: [alert], silences: [],
    windows: [], ...around };
}

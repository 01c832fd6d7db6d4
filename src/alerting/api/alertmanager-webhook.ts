import { InvalidOptionError } from '../../core/errors.js';
import type { Labels } from '../alert.js';
import type { Alerts } from '../alerts.js';
import { record, required, text } from '../routing/yaml-reader.js';
import type { FiredAlert } from '../stores/alert-store.js';
import { ApiError } from './api-error.js';
import { labels, timeIfAny } from './input.js';
import { known } from './known-fields.js';
import type { Route } from './routes.js';
import { complaintText, firedAlertOf, receiveAll } from './told-alert.js';

/** A group may have any number of alerts, and Alertmanager sends them all unless it is told otherwise (`max_alerts`). */
const MOST_BYTES = 4 * 1_048_576;
const FIELDS = ['status', 'labels', 'annotations', 'startsAt', 'endsAt', 'generatorURL'];

/**
 * Takes what an Alertmanager sends to a webhook, version 4: each alert of it fires here, or is resolved.
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export function alertmanagerWebhook(alerts: Alerts): Route {
  return {
    method: 'POST',
    path: '/webhooks/alertmanager',
    maxBytes: MOST_BYTES,
    handle: async ({ body }) => {
      const { version, alerts: told } = known(body, 'body', ['version', 'alerts']);
      if (version !== '4') throw new InvalidOptionError('body.version', version, "'4'");
      if (!Array.isArray(told)) throw new InvalidOptionError('body.alerts', told, 'a list of alerts');
      const now = new Date(alerts.parts.clock.now());
      const { taken, complaints } = await receiveAll(alerts, told as unknown[], (each, i) => readAlert(each, `body.alerts[${i}]`, now));
      // Not again, by any status below 500: the others were taken, and these will not be better.
      if (complaints.length > 0) throw new ApiError(400, complaintText(complaints));
      return { status: 200, body: { taken } };
    },
  };
}

function readAlert(value: unknown, path: string, now: Date): FiredAlert {
  const posted = record<{ status: 'firing' | 'resolved'; labels: Labels; annotations: Labels; startsAt: Date | null; endsAt: Date | null; generatorURL: string }>({
    status: (status, here) => {
      if (status !== 'firing' && status !== 'resolved') throw new InvalidOptionError(here, status, 'firing or resolved');
      return status;
    },
    labels,
    annotations: labels,
    startsAt: timeIfAny,
    endsAt: timeIfAny,
    generatorURL: text,
  })(known(value, path, FIELDS), path);
  const isOver = required(posted.status, `${path}.status`, 'firing or resolved') === 'resolved';
  const startsAt = posted.startsAt ?? now;
  // Whether it is over is for the other side to say, whatever our clock says of its times.
  const endsAt = isOver ? now : undefined;
  return firedAlertOf(
    {
      labels: posted.labels ?? {},
      annotations: posted.annotations ?? {},
      startsAt: endsAt !== undefined && startsAt > endsAt ? endsAt : startsAt,
      endsAt,
      generatorUrl: posted.generatorURL === '' ? undefined : posted.generatorURL,
    },
    now,
  );
}

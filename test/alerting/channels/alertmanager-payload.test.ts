import { expect, test } from 'vitest';
import { alertmanagerPayload } from '../../../src/alerting/channels/alertmanager-payload.js';
import { aNotification, anAlert, aResolvedAlert } from '../samples.js';

test("is Alertmanager's webhook body, version 4, with exactly its fields", () => {
  const firing = anAlert({ annotations: { runbook: 'https://app/r', team: 'pay' }, generatorUrl: 'https://app/g', status: 'acknowledged' });
  const resolved = aResolvedAlert({ title: 'Slow', description: '', severity: 'low', annotations: { team: 'pay' } });
  const payload = alertmanagerPayload(aNotification({ alerts: [firing, resolved], externalUrl: 'https://app' }));

  expect(JSON.parse(JSON.stringify(payload))).toEqual({
    receiver: 'on-call',
    status: 'firing',
    alerts: [
      {
        status: 'firing',
        labels: { alertname: 'Payment provider down', severity: 'critical', source: 'billing', region: 'eu' },
        annotations: { summary: 'Payment provider down', description: 'No payment has gone through for 5 minutes.', runbook: 'https://app/r', team: 'pay' },
        startsAt: '2026-11-22T09:05:00.000Z',
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: 'https://app/g',
        fingerprint: firing.fingerprint,
      },
      {
        status: 'resolved',
        labels: { alertname: 'Slow', severity: 'low', source: 'billing', region: 'eu' },
        annotations: { summary: 'Slow', team: 'pay' },
        startsAt: '2026-11-22T09:05:00.000Z',
        endsAt: '2026-11-22T09:06:00.000Z',
        generatorURL: '',
        fingerprint: resolved.fingerprint,
      },
    ],
    groupLabels: { source: 'billing' },
    commonLabels: { region: 'eu' },
    commonAnnotations: { team: 'pay' },
    externalURL: 'https://app',
    version: '4',
    groupKey: '{}:{source="billing"}',
    truncatedAlerts: 0,
  });
});

test('an annotation of the alert goes before the one we would add', () => {
  const { alerts } = alertmanagerPayload(aNotification({ alerts: [anAlert({ annotations: { summary: 'own' } })] }));
  expect(alerts[0]?.annotations['summary']).toBe('own');
});

test('of alerts that are not all there, only what is known to be common counts as common', () => {
  const payload = alertmanagerPayload(aNotification({ truncatedAlerts: 3, commonAnnotations: { team: 'pay' } }));
  expect(payload).toMatchObject({ truncatedAlerts: 3, commonAnnotations: { team: 'pay' } });
  expect(payload.commonAnnotations).not.toHaveProperty('summary');
});

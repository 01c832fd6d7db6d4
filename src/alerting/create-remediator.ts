import type { Alert } from './alert.js';
import type { AlertsParts } from './alerts.js';
import { holdClaim } from './hold-claim.js';
import { Remediator } from './remediation.js';

/** Ready values for {@link createRemediator}. */
export interface RemediatorSettings extends Pick<AlertsParts, 'store' | 'dispatcher' | 'metrics' | 'clock' | 'diagnostics'> {
  readonly processId: string;
  /** Tells a channel of an alert, outside of its groups. */
  readonly escalateTo: (channel: string, alert: Alert, receiver: string) => Promise<unknown>;
}

/** Builds what runs automated responses, with the store for its memory: any process sees what another one has done. */
export function createRemediator({ processId, store, dispatcher, escalateTo, metrics, clock, diagnostics }: RemediatorSettings): Remediator {
  const now = (): Date => new Date(clock.now());
  return new Remediator({
    clock,
    diagnostics,
    get: id => store.get(id),
    claim: key => holdClaim(`remediation ${key}`, { store, by: processId, clock, diagnostics }),
    contextOf: (alert, name, signal) => ({
      signal,
      resolve: async reason => {
        await dispatcher.resolve(alert.id, { at: now(), event: 'resolved', reason: `${name}: ${reason}`, by: name });
      },
      escalate: async (channels, reason) => {
        await store.note(alert.id, { at: now(), event: 'escalated', reason: `${name}: ${reason}` });
        const current = (await store.get(alert.id)) ?? alert;
        for (const channel of channels) {
          escalateTo(channel, current, name).catch((error: unknown) => {
            diagnostics.fault('alerts', `\`${name}\` could not escalate to \`${channel}\``, error);
          });
        }
      },
    }),
    onOutcome: async (alert, name, outcome, detail) => {
      metrics.remediated(name, outcome);
      await store.note(alert.id, { at: now(), event: 'remediated', reason: `${name}: ${outcome === 'succeeded' ? detail : `${outcome}: ${detail}`}` });
    },
  });
}

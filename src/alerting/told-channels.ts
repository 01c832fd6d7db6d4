import type { Alert } from './alert.js';
import { isWorse, type AlertSeverity } from './severity.js';
import type { AlertStore } from './stores/alert-store.js';

/** Channels that know of an alert. */
export interface ToldChannels {
  /** By name, since when. */
  readonly to: ReadonlyMap<string, number>;
  /** As how bad they know it. */
  readonly as: AlertSeverity;
}

/**
 * The channels that were told of an alert with a group it does not belong to any more, because its route has changed: of
 * the same channels it must not be news with its next group, and they are to hear of its end.
 * @param receivers channels by receiver
 */
export async function toldWith(
  groupKey: string,
  { id, severity }: Alert,
  { store, receivers }: { readonly store: Pick<AlertStore, 'notificationLog'>; readonly receivers: Readonly<Record<string, readonly string[]>> },
): Promise<ToldChannels> {
  const to = new Map<string, number>();
  let as = severity;
  // The receiver that the group had is not known: another version of the app may have made it.
  for (const [receiver, channels] of Object.entries(receivers)) {
    for (const channel of channels) {
      const log = await store.notificationLog(groupKey, receiver, channel);
      const told = log !== undefined && Object.hasOwn(log.firing, id) ? log.firing[id] : undefined;
      if (log === undefined || told === undefined) continue;
      to.set(channel, Math.max(log.at.getTime(), to.get(channel) ?? -Infinity));
      if (isWorse(as, told)) as = told;
    }
  }
  return { to, as };
}

import { nextTurn } from '../../core/next-turn.js';
import { readAlertInput } from '../alert-input.js';
import type { Labels } from '../alert.js';
import type { Alerts } from '../alerts.js';
import { fingerprintOf } from '../fingerprint.js';
import type { FiredAlert } from '../stores/alert-store.js';
import { severityOf } from '../severity-names.js';
import { messageForSender } from './api-error.js';

/** An alert as Prometheus and Alertmanager tell it. */
export interface ToldAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: Date;
  readonly endsAt: Date | undefined;
  readonly generatorUrl: string | undefined;
}

/** The part of the system it comes from, where no label says so. */
const SOURCE = 'prometheus';
/** So many alerts are taken before others have their turn. */
const BATCH = 200;

/**
 * An alert of ours: by the same fingerprint as there, of all of its labels, which it keeps as they are: routes, silences
 * and answers go by them.
 *
 * @throws Error for labels that there can't be
 */
export function firedAlertOf({ labels, annotations, startsAt, endsAt, generatorUrl }: ToldAlert, now: Date): FiredAlert {
  const kept = Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
  if (Object.keys(kept).length === 0) throw new Error('at least one label pair required');
  if (Object.hasOwn(kept, '') || Object.hasOwn(annotations, '')) throw new Error('invalid label set: invalid name ""');
  if (endsAt !== undefined && endsAt < startsAt) throw new Error('start time must be before end time');
  const { alertname, severity, source, job } = kept;
  const { description, ...others } = annotations;
  const input = {
    title: [alertname, annotations['summary']].find(text => text !== undefined && text.trim() !== '') ?? 'Alert',
    description: description ?? annotations['summary'] ?? '',
    severity: severityOf(severity),
    source: source ?? job ?? SOURCE,
    labels: kept,
    annotations: others,
    startsAt,
    ...(endsAt !== undefined && { endsAt }),
    ...(generatorUrl !== undefined && { generatorUrl }),
  };
  return { ...readAlertInput(input, SOURCE, now), fingerprint: fingerprintOf(kept) };
}

/** The annotations that an alert was told with: {@link firedAlertOf} has taken its description out of them. */
export function toldAnnotations({ description, annotations }: { readonly description: string; readonly annotations: Labels }): Labels {
  return { ...annotations, ...(description !== '' && description !== annotations['summary'] && { description }) };
}

/**
 * Takes what can be read of a list of alerts, each in its turn: the same one may be in it twice.
 *
 * @returns what is wrong with the others
 */
export async function receiveAll<T>(alerts: Alerts, posted: readonly T[], read: (each: T, index: number) => FiredAlert): Promise<{ taken: number; complaints: string[] }> {
  const complaints: string[] = [];
  for (const [i, each] of posted.entries()) {
    let told: FiredAlert;
    try {
      told = read(each, i);
    } catch (error) {
      complaints.push(messageForSender(error as Error));
      continue;
    }
    await alerts.receive(told);
    if (i % BATCH === BATCH - 1) await nextTurn();
  }
  return { taken: posted.length - complaints.length, complaints };
}

/** A few of many complaints, as a text. */
export function complaintText(complaints: readonly string[]): string {
  const [shown, left] = [complaints.slice(0, 10), complaints.length - 10];
  return left > 0 ? `${shown.join('; ')}; and ${left} more` : shown.join('; ');
}

import type { Notification } from '../notification.js';

/** A notification on its way, and who is told of its end. */
export interface Parcel {
  /** One parcel of a key waits at a time: a later one, which says more, takes its place. */
  readonly key: string;
  readonly notification: Notification;
  onDelivered(detail: string): void;
  /** It is given up, here and by the fallback. */
  onFailed(reason: string): void;
  /** It still waits when the process ends. */
  onLeft?(): void;
  /** Asked before each attempt: whether it is still this process's to deliver. Never rejects. Default: it is. */
  claim?(): Promise<boolean>;
  /** It was not this process's to deliver any more. */
  onOvertaken?(): void;
}

/** What became of a parcel at once. */
export type FirstOutcome = 'delivered' | 'held' | 'failed';

/** Whether two notifications tell people the same. What was left out of them can't be compared: then they don't. */
export function saysTheSame(one: Notification, other: Notification): boolean {
  return (
    one.truncatedAlerts === 0 &&
    other.truncatedAlerts === 0 &&
    one.alerts.length === other.alerts.length &&
    one.alerts.every((alert, i) => {
      const twin = other.alerts[i];
      return twin !== undefined && alert.id === twin.id && alert.status === twin.status && alert.severity === twin.severity;
    })
  );
}

import type { Alert, Labels } from './alert.js';

/** Why a notification is sent. */
export type NotificationReason =
  /** The group is told for the first time. */
  | 'first'
  /** Alerts came to the group, or became worse. */
  | 'changed'
  /** Some of the alerts were resolved. */
  | 'some_resolved'
  /** All of them were. */
  | 'resolved'
  /** It still fires, after the repeat interval. */
  | 'repeat'
  /** Nobody has acknowledged it. */
  | 'escalation'
  /** Several notifications in one, because the channel's quota allows no more. */
  | 'digest'
  /** Somebody acknowledged it; for channels that keep incidents of their own. */
  | 'acknowledged';

/** Alerts of one group, for one receiver: what a channel is given to send. */
export interface Notification {
  /** The same in every attempt to deliver it. */
  readonly id: string;
  readonly reason: NotificationReason;
  /** `resolved` where all of the alerts are. */
  readonly status: 'firing' | 'resolved';
  readonly at: Date;
  readonly receiver: string;
  /** Names the group for as long as it lives: the same for its firing, repeated and resolved notifications. */
  readonly groupKey: string;
  readonly groupLabels: Labels;
  /** Labels and annotations that all of the alerts share. */
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  /** The firing ones first, the worst of them first. */
  readonly alerts: readonly Alert[];
  /** Alerts left out because there were too many. */
  readonly truncatedAlerts: number;
  /** Where the alert can be seen, acknowledged and resolved, by its id. Empty without links. */
  readonly links: Readonly<Record<string, AlertLinks>>;
  /** The app's address, for links back. */
  readonly externalUrl: string | undefined;
}

export interface AlertLinks {
  readonly acknowledge?: string;
  readonly resolve?: string;
}

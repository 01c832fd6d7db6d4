import type { Duration } from '../core/duration.js';
import type { LinksOptions } from './ack-links.js';
import type { Channel } from './channels/channel.js';
import type { InhibitRule } from './routing/inhibition.js';
import type { MaintenanceWindowOptions } from './routing/maintenance-window.js';
import type { RouteOptions } from './routing/route-tree.js';
import type { TimeIntervalSpec } from './routing/time-interval.js';
import type { HeartbeatOptions, SelfCheckOptions } from './self-check/self-watch.js';
import type { AlertSeverity } from './severity.js';

/** Settings of the alert dispatcher. All of them may be left out: alerts are then kept and listed, and nobody is told. */
export interface AlertsOptions {
  /** How people are reached; the key is the name that routes, the severity map and metrics use. */
  readonly channels?: Readonly<Record<string, Channel>>;
  /**
   * Channels by severity, where there is no `route`. Default: critical to `dingtalk`, `email` and `sms`, high to
   * `dingtalk` and `email`, medium and low to `dingtalk`, as far as there are channels of these names, else to all;
   * info to none.
   */
  readonly severityChannels?: Readonly<Partial<Record<AlertSeverity, readonly string[]>>>;
  /** A routing tree in Alertmanager's terms, in place of the severity map. */
  readonly route?: RouteOptions;
  /** Channels by receiver. Each channel is a receiver of its own name, too, and `default` is all of them. */
  readonly receivers?: Readonly<Record<string, readonly string[]>>;
  /** Intervals that routes name in `muteTimes` and `activeTimes`. */
  readonly timeIntervals?: Readonly<Record<string, readonly TimeIntervalSpec[]>>;
  /** Alerts that keep others back while they fire. */
  readonly inhibitRules?: readonly InhibitRule[];
  /** Times in which some alerts are expected. More can be added while the app runs. */
  readonly maintenanceWindows?: readonly MaintenanceWindowOptions[];
  /** When an alert that opens again and again is kept back. Default: 6 times in 30 minutes. `false`: never. */
  readonly flapping?: false | { readonly times?: number; readonly within?: Duration };
  /**
   * Whether a LOW alert is kept back while another of its title and source is not five minutes old: the plan's rule.
   * Default: true.
   */
  readonly muteLowDuplicates?: boolean;
  /**
   * When an alert is over that came by Alertmanager's API without an end, unless it is told again. Those that the app
   * fires hold until they are resolved. Default: `5m`.
   */
  readonly resolveTimeout?: Duration;
  /**
   * Path of a file that keeps alerts, silences, acknowledgements and what was notified across restarts of a process that
   * has no Redis; each process needs one of its own. Written within a second of a change, whole, in place of the one
   * before. Default: none, a restart forgets them.
   */
  readonly snapshot?: string;
  /**
   * What the keys in Redis begin with, where the option `redis` of the monitor is set. Processes of one prefix share their
   * alerts, and must have the same routes and channels. Default: `sightline:alerts:` and the monitor's `service`.
   */
  readonly keyPrefix?: string;
  /** Who is told of alerts that nobody takes care of. */
  readonly escalations?: readonly EscalationOptions[];
  /** Channel that takes over where another one fails. */
  readonly fallbackChannel?: string;
  /**
   * Alerts of the dispatcher's own failures, to the channels that are not the failing one: `AlertChannelFailing`,
   * `AlertBacklog` and `AlertStoreUnreachable` of the source `sightline`. Default: on where there are two channels or
   * more. `false`: off.
   */
  readonly selfCheck?: false | SelfCheckOptions;
  /** Tells a service outside, as long as the dispatcher works, that it does. Default: none. */
  readonly heartbeat?: HeartbeatOptions;
  /** Longest time of one attempt to deliver. Default: `10s`. */
  readonly sendTimeout?: Duration;
  /** The app's own address, for links in notifications. */
  readonly externalUrl?: string;
  /** Links in notifications by which an alert is acknowledged or resolved; `serveAlerts()` serves them. Default: none. */
  readonly links?: LinksOptions;
}

/** A policy of escalation. */
export interface EscalationOptions {
  readonly name: string;
  /** Matchers that an alert must match, all of them. Default: none, for every alert. */
  readonly match?: readonly string[];
  /** In the order of their times. */
  readonly levels: readonly { readonly after: Duration; readonly channels: readonly string[] }[];
  /** How often all levels are gone through again. Default: 0. */
  readonly repeat?: number;
  /** After this an acknowledgement no longer holds, where the alert still fires. Default: it holds. */
  readonly ackTimeout?: Duration;
}

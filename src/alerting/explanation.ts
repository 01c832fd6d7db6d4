import type { Alert } from './alert.js';
import type { Judgement } from './pipeline.js';
import type { Route } from './routing/route.js';

/** Why an alert was notified or not. */
export interface Explanation {
  /** With its history. */
  readonly alert: Alert;
  /** For each route that takes it: what each stage says of it now, in their order. */
  readonly routes: readonly {
    readonly route: Route;
    readonly groupKey: string;
    readonly judgements: readonly Judgement[];
  }[];
  /** Notifications that wait, by channel. */
  readonly backlog: Readonly<Record<string, number>>;
}

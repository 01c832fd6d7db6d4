/** A limit of what AI calls may cost in a window of time. */
export interface AiBudget {
  /** Names the budget in metrics, alerts and errors. */
  readonly name: string;
  /** What may be spent in one window, in the `currency` of the settings. */
  readonly limit: number;
  /**
   * A calendar window (a week begins on Monday), or a duration of at least a second (`'90m'`, or milliseconds): windows of
   * that length follow each other from the epoch on.
   */
  readonly window: 'hour' | 'day' | 'week' | 'month' | (string & {}) | number;
  /** IANA zone by whose clocks calendar windows begin. Default: `UTC`. */
  readonly timeZone?: string;
  /** Only calls of this service count. */
  readonly service?: string;
  /** Only calls of this model count, its dated releases included. Calls of which no model is known beforehand are not rejected. */
  readonly model?: string;
  /** Only calls attributed to this tenant count; `'*'` gives each tenant a budget of its own. */
  readonly tenant?: string;
  /** Shares of the limit at which to alert, ascending. Default: `[0.5, 0.8, 1]`. */
  readonly thresholds?: readonly number[];
  /** What happens to calls once the limit is reached: they go on, or they are not made. Default: `alert`. */
  readonly onExceeded?: 'alert' | 'reject';
}

/** Spending passed a threshold of a budget. */
export interface BudgetAlert {
  readonly budget: string;
  /** Whose budget it is; left out where it is not one tenant's. */
  readonly tenant?: string;
  /** The share of the limit that was passed: 0.8. */
  readonly threshold: number;
  readonly limit: number;
  readonly spent: number;
  readonly currency: string;
  /** When the window began and when it ends, in milliseconds since the epoch. */
  readonly windowStart: number;
  readonly windowEnd: number;
}

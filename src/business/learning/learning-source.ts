/** Rows at or after `since`; both are instants, in milliseconds since the epoch. */
export interface LearningWindow {
  readonly since: number;
  /** The present. Rows are not to be left out because a clock that wrote them was ahead. */
  readonly now: number;
}

/** What happened at or after `since` and before `until`, in milliseconds since the epoch. */
export interface CostWindow {
  readonly since: number;
  readonly until: number;
}

/** A count or an amount. What drivers give for large numbers is taken, too: `12n` and `'12.50'`. */
export type Amount = number | bigint | string | null;

/** Sessions of one kind of course. */
export interface CompletionRow {
  readonly courseType: string | null;
  readonly difficulty: string | null;
  /** All of them. */
  readonly sessions: Amount;
  readonly completed: Amount;
}

/** Sessions, of known length, of one type of user. */
export interface DurationRow {
  readonly userType: string | null;
  readonly sessions: Amount;
  /** Of all of them together. */
  readonly minutes: Amount;
}

/** What one model of a service cost. */
export interface AiCostRow {
  readonly service: string | null;
  readonly model: string | null;
  readonly cost: Amount;
}

/** Ratings of one feature by one type of user. */
export interface SatisfactionRow {
  readonly feature: string | null;
  readonly userType: string | null;
  readonly ratings: Amount;
  /** The sum of the ratings. */
  readonly total: Amount;
}

/**
 * The team's own data, as five queries. They give counts and sums, and no averages: rows whose labels turn out to be the
 * same are then added up rightly. Each may reject. See {@link sqlLearningSource}.
 */
export interface LearningSource {
  /** How many users were last seen in the window. */
  activeUsers(window: LearningWindow): Promise<Amount>;
  completions(window: LearningWindow): Promise<readonly CompletionRow[]>;
  durations(window: LearningWindow): Promise<readonly DurationRow[]>;
  /** What was spent in the window. */
  aiCosts(window: CostWindow): Promise<readonly AiCostRow[]>;
  /**
   * Whether {@link aiCosts} leaves out by itself, row by row, what the AI instruments count. If not, all of a service is left
   * out whose calls they count. Default: false.
   */
  readonly knowsCountedCalls?: boolean;
  satisfaction(window: LearningWindow): Promise<readonly SatisfactionRow[]>;
}

import type { Row } from './rows.js';

/** Leave to collect, given to one process. */
export interface Turn {
  /** Unlike any other. */
  readonly token: string;
  /** Up to when it was counted; `undefined`: never yet. */
  readonly cursor: number | undefined;
}

/** Values that were collected last, by whichever process. */
export interface Latest {
  readonly rows: readonly Row[];
  /** When, in milliseconds since the epoch. */
  readonly at: number;
  readonly ageMs: number;
}

export interface Look {
  /** The time by the clock that all go by, in milliseconds since the epoch. */
  readonly now: number;
  /** When to look again. */
  readonly againInMs: number;
  /** It is this process's turn. */
  readonly turn: Turn | undefined;
  /** It would have been, if this process could collect now. */
  readonly isMissed: boolean;
  /** What another process has collected since the last look. */
  readonly latest: Latest | undefined;
}

/** What a collection came to. */
export interface CollectedTurn {
  readonly at: number;
  readonly rows: readonly Row[];
  /** Up to when was counted. */
  readonly cursor: number | undefined;
}

/**
 * Decides which process collects, and when: once in each interval, by a clock that all of them share. A turn that is not
 * ended, because its process died, is over after its lease; another process then has the next one.
 */
export interface Turns {
  /** @param mayTake whether this process could collect now */
  look(mayTake: boolean): Promise<Look>;
  /**
   * Ends a turn with what was collected, which others may then have.
   * @returns whether the turn was still this process's; if not, what it collected is void
   * @throws where that is not known. To ask again is safe.
   */
  finish(turn: Turn, collected: CollectedTurn): Promise<boolean>;
  /** Ends a turn that came to nothing. The next one comes when it is due. */
  giveUp(turn: Turn): Promise<void>;
}

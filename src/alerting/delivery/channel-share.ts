/** What a process learns when it asks for a turn. */
export interface Turn {
  /** Names the turn it has got; `undefined`: none, the quotas are used up. */
  readonly token: string | undefined;
  /** When the next may be asked for; 0 with a turn. */
  readonly waitMs: number;
  /** Of the latest attempts of all processes, this one among them, how long ago they were. */
  readonly agesMs: readonly number[];
}

/** One process's share in a channel's quotas, which hold for all processes together. */
export interface ChannelShare {
  /** Rejects where the others can't be asked. */
  take(): Promise<Turn>;
  /** The attempt has ended: the service may have counted it as late as now. */
  end(token: string): Promise<void>;
  /** No attempt was made. */
  giveBack(token: string): Promise<void>;
}

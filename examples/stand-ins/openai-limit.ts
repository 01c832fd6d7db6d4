/** How many requests for a model are answered in a time. */
export interface ModelLimit {
  readonly requests: number;
  readonly windowMs: number;
}

/** Counts the requests for each model against its limit. */
export class ModelLimits {
  readonly #limits: Readonly<Record<string, ModelLimit>>;
  readonly #times = new Map<string, number[]>();

  /** @param limits by the name that is asked for; a model without one has no limit */
  constructor(limits: Readonly<Record<string, ModelLimit>>) {
    this.#limits = limits;
  }

  /** @returns whether one more request is within the limit; one that is not doesn't count */
  take(model: string, now: number): boolean {
    const limit = this.#limits[model];
    if (!limit) return true;
    const times = (this.#times.get(model) ?? []).filter(at => now - at < limit.windowMs);
    const isWithin = times.length < limit.requests;
    this.#times.set(model, isWithin ? [...times, now] : times);
    return isWithin;
  }
}

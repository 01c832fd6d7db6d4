import type { StoredAlert } from './stored-alert.js';

export interface KnownHistory {
  readonly version: string;
  readonly history: StoredAlert['history'];
}

/** Histories that a process remembers. */
const MOST_HISTORIES = 2_000;

/**
 * The histories of the alerts that a process told last. In a storm the same ones are told over and over, and a history
 * is most of an alert: what has not changed is neither sent nor read again.
 */
export class KnownHistories {
  readonly #known = new Map<string, KnownHistory>();

  get(id: string): KnownHistory | undefined {
    return this.#known.get(id);
  }

  remember(id: string, known: KnownHistory): void {
    if (this.#known.get(id)?.version === known.version) return;
    this.#known.delete(id);
    this.#known.set(id, known);
    if (this.#known.size <= MOST_HISTORIES) return;
    const [oldest] = this.#known.keys();
    this.#known.delete(oldest as string);
  }
}

import { performance } from 'node:perf_hooks';

/** Claims of one process: rights that one holder has at a time. By the monotonic clock, which nobody sets. */
export class MemoryClaims {
  readonly #claims = new Map<string, { readonly by: string; readonly until: number }>();

  claim(name: string, by: string, forMs: number): boolean {
    const now = performance.now();
    const held = this.#claims.get(name);
    if (held !== undefined && held.by !== by && held.until > now) return false;
    this.#claims.set(name, { by, until: now + forMs });
    return true;
  }

  unclaim(name: string, by: string): void {
    if (this.#claims.get(name)?.by === by) this.end(name);
  }

  /** Ends a claim, whosever it is. */
  end(name: string): void {
    this.#claims.delete(name);
  }
}

import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import type { AlertStore } from './stores/alert-store.js';

/** A process that has died holds its claims for so long. */
const CLAIM_MS = 60_000;
const RENEW_MS = 20_000;

/** Ready values for {@link holdClaim}. */
export interface HoldClaimParts {
  readonly store: AlertStore;
  /** Who claims it. */
  readonly by: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/**
 * Claims a right that one process has at a time, and holds it for however long it takes.
 * @returns what gives it back; `undefined` where another one has it
 */
export async function holdClaim(name: string, { store, by, clock, diagnostics }: HoldClaimParts): Promise<(() => Promise<void>) | undefined> {
  if (!(await store.claim(name, by, CLAIM_MS))) return undefined;
  let cancel = (): void => {};
  const renewLater = (): void => {
    cancel = clock.schedule(() => {
      store.claim(name, by, CLAIM_MS).catch((error: unknown) => {
        diagnostics.fault('alerts', `the claim to \`${name}\` could not be renewed`, error);
      });
      renewLater();
    }, RENEW_MS);
  };
  renewLater();
  return () => {
    cancel();
    return store.unclaim(name, by);
  };
}

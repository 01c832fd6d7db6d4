import { setImmediate } from 'node:timers';

// Kept from the moment this is loaded: an app's test may put fake timers in its place, which nobody moves on.
const inNextTurn = setImmediate;

/** Resolves in the next turn of the event loop: when no promise callback is left to run, and others had their turn. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    inNextTurn(resolve);
  });
}

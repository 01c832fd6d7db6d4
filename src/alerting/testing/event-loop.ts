import { nextTurn } from '../../core/next-turn.js';

/** Work that ends by itself within moments: immediates and files. Sockets and timers may wait for ever. */
const ENDS_SOON = /^(?:Immediate|FSReq|CloseReq)/;
/** Turns after which nobody waits any longer: something that never ends goes on beside the test. */
const MOST_TURNS = 100_000;
/** The same, once that has happened. */
const FEW_TURNS = 100;

/** Waits until promises that can settle have, however long their chains are. */
export class EventLoop {
  #mostTurns = MOST_TURNS;

  /**
   * Resolves when nothing is left that goes on without a timer, a socket or another process.
   *
   * A turn begins when no promise callback is left to run, so one is enough for a chain of any length. What waits for an
   * immediate or a file meanwhile needs more of them: as many as it takes until Node has neither.
   */
  async rest(): Promise<void> {
    for (let turns = 0; turns < this.#mostTurns; turns++) {
      await nextTurn();
      if (!process.getActiveResourcesInfo().some(resource => ENDS_SOON.test(resource))) return;
    }
    this.#mostTurns = FEW_TURNS;
  }
}

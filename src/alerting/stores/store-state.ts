import type { StoredGroup } from './memory-groups.js';
import type { StoredLogEntry } from './memory-log.js';
import type { StoredAlert } from './stored-alert.js';
import type { StoredSilence } from './stored-silence.js';
import type { StoredWindow } from './stored-window.js';

/** All that a store holds, in JSON's types. */
export interface StoreState {
  readonly silences: readonly StoredSilence[];
  readonly windows: readonly StoredWindow[];
  readonly groups: readonly StoredGroup[];
  readonly log: readonly StoredLogEntry[];
  /** Ids of alerts that nobody has routed yet. */
  readonly unrouted: readonly string[];
  readonly alerts: readonly StoredAlert[];
}

import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { InvalidOptionError } from '../core/errors.js';
import { MaintenanceWindow, type MaintenanceWindowOptions } from './routing/maintenance-window.js';
import type { AlertStore } from './stores/alert-store.js';

/** A window, and whether it is on. */
export interface MaintenanceWindowState {
  readonly name: string;
  readonly isOn: boolean;
  /** Whether it stands in the app's options, and so can't be removed while the app runs. */
  readonly isConfigured: boolean;
}

/** Ready values for {@link MaintenanceWindows}. */
export interface MaintenanceWindowsParts {
  /** Those of the options, which all processes have. */
  readonly configured: readonly MaintenanceWindow[];
  readonly store: AlertStore;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** A window has come or gone: alerts may fall under it, or be free. */
  readonly onChange: () => Promise<void>;
}

/** Times in which some alerts are expected: those of the app's options, and those that were added while it ran, by any process. */
export class MaintenanceWindows {
  readonly #parts: MaintenanceWindowsParts;
  /** Made once each: what the store gives is what was put there, every time. */
  #made = new Map<string, MaintenanceWindow | undefined>();

  constructor(parts: MaintenanceWindowsParts) {
    this.#parts = parts;
  }

  /**
   * Adds one, or replaces the added one of its name, in all processes that share the store.
   * @throws InvalidOptionError for what can't be used, or a name that a window of the app's options has
   */
  async add(options: MaintenanceWindowOptions): Promise<void> {
    const { configured, store, onChange } = this.#parts;
    const window = new MaintenanceWindow(options, 'maintenanceWindow');
    if (configured.some(({ name }) => name === window.name)) {
      throw new InvalidOptionError('maintenanceWindow.name', window.name, 'a name that no window of the option `alerts.maintenanceWindows` has');
    }
    await store.putWindow(options);
    await onChange();
  }

  /** By name. */
  async list(): Promise<readonly MaintenanceWindowState[]> {
    const { configured, clock } = this.#parts;
    const now = new Date(clock.now());
    return (await this.current())
      .map(window => ({ name: window.name, isOn: window.isOn(now), isConfigured: configured.includes(window) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @returns `false` where none of that name was added */
  async remove(name: string): Promise<boolean> {
    const isGone = await this.#parts.store.removeWindow(name);
    if (isGone) await this.#parts.onChange();
    return isGone;
  }

  /** All of them, to be asked. @internal */
  async current(): Promise<readonly MaintenanceWindow[]> {
    const { configured, store } = this.#parts;
    const added = await store.windows();
    if (added.length === 0) return configured;
    const made = new Map(added.map(options => [JSON.stringify(options), options]));
    this.#made = new Map([...made].map(([text, options]) => [text, this.#made.has(text) ? this.#made.get(text) : this.#make(options)]));
    return [...configured, ...[...this.#made.values()].filter(window => window !== undefined)];
  }

  /** Another version of the app may have added what this one can't use. */
  #make(options: MaintenanceWindowOptions): MaintenanceWindow | undefined {
    try {
      return new MaintenanceWindow(options);
    } catch (error) {
      this.#parts.diagnostics.fault('alerts', 'a window of maintenance can’t be used and is left out', error);
      return undefined;
    }
  }
}

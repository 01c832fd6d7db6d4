import { register } from 'prom-client';
import { SightlineError } from './core/errors.js';
import { createMonitor, type Monitor, type MonitorOptions } from './monitor.js';

/** One holder a process, whichever build of the package asks: an app may load the ESM and the CommonJS one. */
const KEY = Symbol.for('sightline.v1');
const holder = ((globalThis as { [KEY]?: { monitor?: Monitor } })[KEY] ??= {});

/**
 * The shared monitor: made with defaults when first asked for, unless {@link configureMonitor} came before.
 * Its metrics live in prom-client's global registry, beside the ones the app already has there.
 *
 * @example getMonitor().metrics.recordDbQuery({ operation: 'select', table: 'users', seconds: 0.004 });
 */
export function getMonitor(): Monitor {
  const { monitor } = holder;
  if (monitor !== undefined && !monitor.isClosed) return monitor;
  return (holder.monitor = createMonitor({ registry: register }));
}

/**
 * Sets the shared monitor up. Call it once, before the first request: where the app starts.
 *
 * @throws SightlineError `SIGHTLINE_ALREADY_CONFIGURED` where there is a shared monitor already
 * @throws InvalidOptionError as {@link createMonitor} does
 * @example configureMonitor({ service: 'learning-platform', tracing: { exporter: 'otlp' } });
 */
export function configureMonitor(options: MonitorOptions): Monitor {
  if (holder.monitor !== undefined && !holder.monitor.isClosed) {
    throw new SightlineError(
      'SIGHTLINE_ALREADY_CONFIGURED',
      'The shared monitor exists already: configureMonitor() was called before, or something was recorded before it was called. ' +
        'Call it once, first thing in the app; or `await getMonitor().close()` before setting up another.',
    );
  }
  return (holder.monitor = createMonitor({ registry: register, ...options }));
}

/**
 * Something made of a monitor, for those who may start before the monitor is set up: made at once of a given
 * one, so that bad options fail at start; else of the shared one when first used, and anew when that is replaced.
 */
export function perMonitor<T>(given: Monitor | undefined, make: (monitor: Monitor) => T): () => T {
  let monitor = given;
  let made = given && make(given);
  return () => {
    const current = given ?? getMonitor();
    if (made === undefined || current !== monitor) {
      monitor = current;
      made = make(current);
    }
    return made;
  };
}

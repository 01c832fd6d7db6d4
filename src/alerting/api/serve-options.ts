import { InvalidOptionError } from '../../core/errors.js';
import { checkOptions, withMethods, type OptionRule } from '../../core/options.js';
import { checkAlertsAccess, type AlertsAccess } from './access.js';

const RULES: Readonly<Record<string, OptionRule>> = {
  monitor: withMethods('a monitor made by createMonitor()', 'observeRequests', 'metricsEndpoint'),
  // `checkAlertsAccess` says more of it.
  authorize: { allowed: '', accepts: () => true },
};
const aPath: OptionRule = {
  allowed: "a path such as '/alerting', with a slash at its beginning and none at its end",
  accepts: value => typeof value === 'string' && /^(?:\/[^/?#]+)+$/.test(value),
};

/**
 * @param takesPath whether the framework can't mount a handler under a path by itself
 * @throws InvalidOptionError for what `serveAlerts` can't take
 */
export function checkServeOptions(options: unknown, takesPath = false): void {
  if (options === undefined) throw new InvalidOptionError('options', options, 'an object with `authorize`');
  checkOptions('', options, takesPath ? { ...RULES, basePath: aPath } : RULES);
  checkAlertsAccess(options as Partial<AlertsAccess>);
}

/** The rest of a URL's path, with its query; `undefined` where it is not under `basePath`. */
export function pathUnder(basePath: string, url: string): string | undefined {
  if (!url.startsWith(basePath)) return undefined;
  const rest = url.slice(basePath.length);
  return basePath === '' || rest === '' || rest.startsWith('/') || rest.startsWith('?') ? rest : undefined;
}

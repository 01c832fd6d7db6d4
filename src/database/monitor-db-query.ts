import { InvalidOptionError } from '../core/errors.js';
import { createInstrument, type Instrument } from '../core/instrument.js';
import { aText, checkOptions } from '../core/options.js';
import { QueryObservation, reportFault, type DatabaseMonitorParts, type QueryDescription } from './query-observation.js';

/** Further facts of a query, for its span. */
export interface DbQueryOptions {
  /** OpenTelemetry's `db.system.name`: `postgresql`, `mysql`, `sqlite`, `redis`, … */
  readonly system?: string;
  /** Name of the database. */
  readonly namespace?: string;
}

/** Makes `monitorDbQuery` for whatever monitor `partsOf` gives at the time of a call. */
export function createMonitorDbQuery(
  partsOf: () => DatabaseMonitorParts,
): (operation: string, table: string, options?: DbQueryOptions) => Instrument {
  return (operation, table, options = {}) => {
    if (!aText.accepts(operation)) throw new InvalidOptionError('operation', operation, "what the query does, such as 'select'");
    if (!aText.accepts(table)) throw new InvalidOptionError('table', table, "the table it works on, such as 'users'");
    checkOptions('', options, { system: aText, namespace: aText });
    const query: QueryDescription = { operation, table, ...options };
    return createInstrument(() => ({
      begin: () => new QueryObservation(partsOf(), query),
      fault: error => {
        reportFault(partsOf, error);
      },
    }));
  };
}

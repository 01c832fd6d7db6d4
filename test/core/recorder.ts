import { AsyncLocalStorage } from 'node:async_hooks';
import { createInstrument, type AnyFunction, type CallSite, type Instrument } from '../../src/core/instrument.js';

/** An instrument that writes down what it is told. */
export interface Recorder {
  readonly instrument: Instrument;
  /** `begin`, `restart`, `succeed <value>`, `fail <error>` in turn. */
  readonly events: string[];
  /** What is told at the end of a call, as it was told. */
  readonly ends: { readonly how: 'succeed' | 'fail'; readonly value: unknown }[];
  readonly sites: CallSite[];
  readonly faults: unknown[];
  /** What `begin` was given. */
  readonly calls: { readonly self: unknown; readonly args: unknown[] }[];
}

/** The context that an observed call runs in; read it to see where code runs. */
export const callContext = new AsyncLocalStorage<string>();

/** @param context name of the context that calls run in; left out: they run in none */
export function recorder(context?: string): Recorder {
  const record: Omit<Recorder, 'instrument'> = { events: [], ends: [], sites: [], faults: [], calls: [] };
  const end = (how: 'succeed' | 'fail') => (value: unknown): void => {
    record.events.push(`${how} ${show(value)}`);
    record.ends.push({ how, value });
  };
  const instrument = createInstrument(site => {
    record.sites.push(site);
    return {
      begin(self, args) {
        record.events.push('begin');
        record.calls.push({ self, args: Array.from(args) });
        return {
          ...(context !== undefined && {
            run: (fn: AnyFunction, own: unknown, given: ArrayLike<unknown>) =>
              callContext.run(context, () => Reflect.apply(fn, own, given) as unknown),
          }),
          restart: () => void record.events.push('restart'),
          succeed: end('succeed'),
          fail: end('fail'),
        };
      },
      fault: error => void record.faults.push(error),
    };
  });
  return { ...record, instrument };
}

function show(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'object' && value !== null ? 'object' : String(value);
}

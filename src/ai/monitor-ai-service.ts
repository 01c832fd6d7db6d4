import { InvalidOptionError } from '../core/errors.js';
import { createInstrument, type Instrument } from '../core/instrument.js';
import { aFunction, aText, checkOptions, type OptionRule } from '../core/options.js';
import { addInstruments } from './ai-scope.js';
import { AiCall, type AiMonitorParts } from './ai-call.js';
import type { AiServiceOptions, CallDescription } from './call-description.js';

const RULES: Readonly<Record<keyof AiServiceOptions, OptionRule>> = { operation: aText, provider: aText, extractUsage: aFunction };

/** What makes the AI instruments of one monitor, or of the shared one. */
export interface AiInstrumentParts {
  readonly partsOf: () => AiMonitorParts;
  /** Has requests followed from now on, so that a call knows its endpoint. */
  readonly followRequests: () => void;
}

/** Tells the monitor of a fault of ours. Never throws: there may be no monitor, and the host's call goes on. */
export function reportAiFault(partsOf: () => AiMonitorParts, error: unknown): void {
  try {
    partsOf().diagnostics.fault('ai', 'a call could not be observed', error);
  } catch {
    // No one to tell.
  }
}

/** Makes `monitorAiService` for whatever monitor `partsOf` gives at the time of a call. */
export function createMonitorAiService({
  partsOf,
  followRequests,
}: AiInstrumentParts): (service: string, model?: string, options?: AiServiceOptions) => Instrument {
  return (service, model, options = {}) => {
    if (!aText.accepts(service)) throw new InvalidOptionError('service', service, "the AI service's name, such as 'openai'");
    if (model !== undefined && !aText.accepts(model)) throw new InvalidOptionError('model', model, "the model's name, such as 'gpt-4o'");
    checkOptions('', options, RULES);
    followRequests();
    const about: CallDescription = { ...options, service, isServiceGiven: true, model };
    return createInstrument(() => {
      addInstruments(1);
      return {
        begin: (_self, args) => new AiCall(partsOf(), about, args[0], args),
        fault: error => {
          reportAiFault(partsOf, error);
        },
      };
    });
  };
}

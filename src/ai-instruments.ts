import type { AiServiceOptions } from './ai/call-description.js';
import type { AiClientOptions } from './ai/clients/measure.js';
import type { AiInstrumentParts } from './ai/monitor-ai-service.js';
import type { AiPart } from './ai/register.js';
import type { Instrument } from './core/instrument.js';
import { loadPart } from './core/part-registry.js';
import { enableRequestScope } from './http/request-scope.js';

/** The AI instruments of one monitor, or of the shared one. */
export interface AiInstruments {
  readonly monitorAiService: (service: string, model?: string, options?: AiServiceOptions) => Instrument;
  readonly instrumentAiClient: <C extends object>(client: C, options?: AiClientOptions) => C;
}

/** Prices, and the readers of every provider's answers, take memory: they are loaded with the first of these that is called. */
export function createAiInstruments(partsOf: AiInstrumentParts['partsOf']): AiInstruments {
  const parts: AiInstrumentParts = { partsOf, followRequests: enableRequestScope };
  return {
    monitorAiService: (service, model, options) =>
      loadPart<AiPart>('ai').createMonitorAiService(parts)(service, model, options),
    instrumentAiClient: (client, options) => loadPart<AiPart>('ai').createInstrumentAiClient(parts)(client, options),
  };
}

import { registerPart } from '../core/part-registry.js';
import { createAiAccounting } from './create-ai-accounting.js';
import { createInstrumentAiClient } from './instrument-client.js';
import { createMonitorAiService } from './monitor-ai-service.js';

/** What a monitor and the root's instruments need of this folder. */
export interface AiPart {
  readonly createAiAccounting: typeof createAiAccounting;
  readonly createInstrumentAiClient: typeof createInstrumentAiClient;
  readonly createMonitorAiService: typeof createMonitorAiService;
}

const part: AiPart = { createAiAccounting, createInstrumentAiClient, createMonitorAiService };
registerPart('ai', part);

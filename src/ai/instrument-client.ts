import { describe, SightlineError } from '../core/errors.js';
import { aFunction, aText, checkOptions, type OptionRule } from '../core/options.js';
import { isObject, type Members } from '../core/shadow.js';
import { addInstruments } from './ai-scope.js';
import { aiModel } from './clients/ai-model.js';
import { bedrock } from './clients/bedrock.js';
import type { ClientKind } from './clients/client-kind.js';
import { cohere } from './clients/cohere.js';
import { google } from './clients/google.js';
import { langchain } from './clients/langchain.js';
import { ClientMeasure, type AiClientOptions } from './clients/measure.js';
import { mistral } from './clients/mistral.js';
import { ollama } from './clients/ollama.js';
import { openaiLike } from './clients/openai-like.js';
import { stainless } from './clients/stainless.js';
import type { AiInstrumentParts } from './monitor-ai-service.js';

/** The kinds of clients that are known, the most particular first. */
const CLIENT_KINDS: readonly ClientKind[] = [stainless, google, bedrock, aiModel, langchain, mistral, cohere, ollama, openaiLike];

const RULES: Readonly<Record<keyof AiClientOptions, OptionRule>> = {
  service: aText,
  operation: aText,
  provider: aText,
  extractUsage: aFunction,
};

/** Marks a client that is measured, whichever build of the package did it. */
const MEASURED = Symbol.for('sightline.ai-client');

/** Makes `instrumentAiClient` for whatever monitor `partsOf` gives at the time of a call. */
export function createInstrumentAiClient({
  partsOf,
  followRequests,
}: AiInstrumentParts): <C extends object>(client: C, options?: AiClientOptions) => C {
  const instrument = (client: object, options: AiClientOptions): void => {
    if (MEASURED in client) return;
    const members = client as Members;
    for (const kind of CLIENT_KINDS) {
      const identity = kind.identify(members);
      if (identity === undefined) continue;
      Object.defineProperty(client, MEASURED, { value: true });
      addInstruments(kind.nests ? 2 : 1);
      kind.instrument(members, new ClientMeasure(partsOf, options, identity.service, identity.model), other => {
        instrument(other, options);
      });
      return;
    }
    throw unknownClient(client);
  };

  return (client, options = {}) => {
    if (!isObject(client)) throw unknownClient(client);
    checkOptions('', options, RULES);
    followRequests();
    instrument(client, options);
    return client;
  };
}

function unknownClient(given: unknown): SightlineError {
  return new SightlineError(
    'SIGHTLINE_INVALID_TARGET',
    `instrumentAiClient() measures these clients: ${CLIENT_KINDS.map(({ name }) => name).join('; ')}. Got ${describe(given)}. ` +
      'Wrap the functions that call any other one with monitorAiService().',
  );
}

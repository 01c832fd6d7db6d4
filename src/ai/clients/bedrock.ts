import { isObject } from '../../core/shadow.js';
import type { ClientKind } from './client-kind.js';

/** By the name of a command's class. */
const OPERATIONS: Readonly<Record<string, string>> = {
  ConverseCommand: 'chat',
  ConverseStreamCommand: 'chat',
  InvokeModelCommand: 'generate_content',
  InvokeModelWithResponseStreamCommand: 'generate_content',
};

/** `@aws-sdk/client-bedrock-runtime`, whose methods all go through `send(command)`. */
export const bedrock: ClientKind = {
  name: '@aws-sdk/client-bedrock-runtime',

  identify(client) {
    const { send, middlewareStack, config } = client as Record<string, unknown>;
    if (typeof send !== 'function' || !isObject(middlewareStack) || !isObject(config)) return undefined;
    const { serviceId } = config as { serviceId?: unknown };
    return serviceId === 'Bedrock Runtime' ? { service: 'bedrock' } : undefined;
  },

  instrument(client, measure) {
    measure.method(client, 'send', args => {
      const command = args[0];
      // With a callback nothing is returned that tells the end.
      if (!isObject(command) || typeof args[1] === 'function' || typeof args[2] === 'function') return undefined;
      const operation = OPERATIONS[(command.constructor as { name?: string } | undefined)?.name ?? ''];
      return operation === undefined ? undefined : { operation, request: (command as { input?: unknown }).input };
    });
  },
};

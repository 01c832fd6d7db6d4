import { createInstrument } from '../../core/instrument.js';
import { shadow, type Members } from '../../core/shadow.js';
import { AiCall, type AiMonitorParts } from '../ai-call.js';
import type { AiServiceOptions, CallDescription } from '../call-description.js';
import { reportAiFault } from '../monitor-ai-service.js';

/** Further facts of a client that is measured. */
export interface AiClientOptions extends AiServiceOptions {
  /** The service's name in the metrics. Default: read from the client. */
  readonly service?: string;
}

/** What a client's kind knows of a call, from its arguments. */
export interface MethodCall {
  readonly operation: string;
  /** What the request says of itself. Default: the first argument. */
  readonly request?: unknown;
}

/** Measures methods of one client, in place. */
export class ClientMeasure {
  readonly #partsOf: () => AiMonitorParts;
  readonly #options: AiClientOptions;
  readonly #service: string;
  readonly #model: string | undefined;
  readonly #abouts = new Map<string, CallDescription>();

  /**
   * @param service the service's name, as read from the client
   * @param model the model, where the client is one
   */
  constructor(partsOf: () => AiMonitorParts, options: AiClientOptions, service: string, model?: string) {
    this.#partsOf = partsOf;
    this.#options = options;
    this.#service = service;
    this.#model = model;
  }

  /**
   * Measures a method; one that isn't there is left alone.
   * @param describe what a call with these arguments is; `undefined` lets it pass unmeasured
   */
  method(owner: Members, key: string, describe: (args: ArrayLike<unknown>) => MethodCall | undefined): void {
    const method = owner[key];
    if (typeof method !== 'function') return;
    const measured = createInstrument(() => ({
      begin: (_self, args) => {
        const call = describe(args);
        if (call === undefined) return undefined;
        return new AiCall(this.#partsOf(), this.#about(call.operation), 'request' in call ? call.request : args[0], args);
      },
      fault: error => {
        reportAiFault(this.#partsOf, error);
      },
    }))(method);
    shadow(owner, key, measured);
  }

  /** Measures methods that are always the same operation, of an object that may not be there. */
  methods(owner: unknown, operations: Readonly<Record<string, string>>): void {
    if (typeof owner !== 'object' || owner === null) return;
    for (const [key, operation] of Object.entries(operations)) this.method(owner as Members, key, () => ({ operation }));
  }

  /** The same for all calls of an operation. */
  #about(operation: string): CallDescription {
    const known = this.#abouts.get(operation);
    if (known !== undefined) return known;
    const { service } = this.#options;
    const about: CallDescription = {
      operation,
      ...this.#options,
      service: service ?? this.#service,
      isServiceGiven: service !== undefined,
      model: this.#model,
    };
    this.#abouts.set(operation, about);
    return about;
  }
}

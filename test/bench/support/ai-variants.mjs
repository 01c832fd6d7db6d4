// @ts-check
// The same client of OpenAI's, observed by one library or by none.
import { AsyncLocalStorage } from 'node:async_hooks';
import { discard, exportedSpans } from './discarded-spans.mjs';
import { answerInMemory } from './in-memory-provider.mjs';
import { load } from './peers.mjs';

/**
 * @typedef {object} Variant
 * @property {() => () => Promise<void>} [prepare] before the client's package is loaded, which some patch; gives what
 * flushes its spans
 * @property {(client: any) => { client: any, text?: () => Promise<string>, flush?: () => Promise<void> }} [observe]
 */

/** Each as its own documentation has it, with an exporter that drops spans. @type {Record<string, Variant>} */
const VARIANTS = {
  bare: {},
  'in an AsyncLocalStorage': {
    observe(client) {
      new AsyncLocalStorage().enterWith({});
      return { client };
    },
  },

  sightline: { observe: client => observeWith(client, {}) },
  // A wrapped function that calls a measured client: two instruments for each call, of which one counts.
  'sightline, nested': {
    observe(client) {
      const { monitor, ...observed } = observeWith(client, {});
      const { completions } = observed.client.chat;
      const create = monitor.monitorAiService('openai')((/** @type {object} */ request) => completions.create(request));
      return { ...observed, client: { chat: { completions: { create } } } };
    },
  },
  'sightline, traced': { observe: client => observeWith(client, { service: 'bench', tracing: { exporter: discard() } }) },

  Traceloop: { prepare: () => instrumentWith('@traceloop/instrumentation-openai') },
  'Traceloop, no content': { prepare: () => instrumentWith('@traceloop/instrumentation-openai', { traceContent: false }) },
  OpenInference: { prepare: () => instrumentWith('@arizeai/openinference-instrumentation-openai') },
  Langfuse: {
    prepare() {
      const { LangfuseSpanProcessor } = load('@langfuse/otel');
      return register(new LangfuseSpanProcessor({ exporter: discard(), publicKey: 'pk-lf-none', secretKey: 'sk-lf-none' }));
    },
    observe: client => ({ client: load('@langfuse/openai').observeOpenAI(client) }),
  },
};

/** @param {any} processor */
function register(processor) {
  const { NodeTracerProvider } = load('@opentelemetry/sdk-trace-node');
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  provider.register();
  return () => provider.forceFlush();
}

/**
 * @param {string} name a package with an `OpenAIInstrumentation`
 * @param {object} [options]
 */
function instrumentWith(name, options) {
  const { BatchSpanProcessor } = load('@opentelemetry/sdk-trace-node');
  const flush = register(new BatchSpanProcessor(discard()));
  const { OpenAIInstrumentation } = load(name);
  // It takes effect when it is made.
  void new OpenAIInstrumentation(options);
  return flush;
}

/**
 * @param {any} client
 * @param {object} options of the monitor
 */
function observeWith(client, options) {
  const monitor = load('sightline').createMonitor({ metrics: { process: false }, ...options });
  return {
    monitor,
    client: monitor.instrumentAiClient(client),
    text: () => monitor.registry.metrics(),
    flush: () => monitor.close(),
  };
}

/**
 * Makes a client, for one variant a process.
 *
 * @param {string} name
 */
export function createClient(name) {
  const variant = VARIANTS[name];
  if (variant === undefined) throw new Error(`There is no variant ${name}`);
  const flushSpans = variant.prepare?.();
  const { OpenAI } = load('openai');
  const bare = new OpenAI({ apiKey: 'none', baseURL: 'https://api.openai.com/v1', fetch: answerInMemory });
  const { client, text, flush = flushSpans } = variant.observe?.(bare) ?? { client: bare };
  return {
    client,
    /** What it has observed. */
    async observed() {
      const recorded = await text?.();
      await flush?.();
      return { exportedSpans, text: recorded ?? '' };
    },
  };
}

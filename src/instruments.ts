import type { AiServiceOptions } from './ai/call-description.js';
import type { AiClientOptions } from './ai/clients/measure.js';
import { createAiInstruments } from './ai-instruments.js';
import type { Instrument } from './core/instrument.js';
import { createInstrumentPool, type InstrumentPoolOptions } from './database/instrument-pool.js';
import { createMonitorDbQuery, type DbQueryOptions } from './database/monitor-db-query.js';
import type { MetricsServer } from './http/listen-metrics.js';
import { createMonitorApi, type ApiInstrument } from './http/monitor-api.js';
import type { ListenMetricsOptions } from './monitor.js';
import { getMonitor } from './shared-monitor.js';
import { createTraceFunction, type SpanAttributes } from './tracing/trace-function.js';

// The shared monitor is asked for at each call, so decorators may be evaluated before configureMonitor().

/**
 * Names an API endpoint in the HTTP metrics: as a route's middleware, as a wrapper of a handler, or as a
 * decorator of a method. Under `monitorRequests()` it renames the request; used alone it counts it.
 * Around a function that gets no Node response (a fetch-style handler) it counts each call, with the status
 * of what was returned or thrown, else 200 or 500.
 *
 * @param endpoint the name; left out: the function's own as wrapper or decorator, the route's pattern as middleware
 * @throws InvalidOptionError for a name that is no string
 * @example app.post('/essays', monitorApi('grade_essay'), gradeEssay);
 */
export const monitorApi: (endpoint?: string) => ApiInstrument = createMonitorApi(getMonitor);

/**
 * Counts and times a database query, and makes a client span of it where tracing is on.
 * A query that fails counts under `<operation>_error`; its error is thrown on unchanged.
 *
 * @param operation what the query does: `select`, `insert`, …
 * @param table the table it works on
 * @param options further facts for the span
 * @throws InvalidOptionError for an operation or table that is no text
 * @example const findUser = monitorDbQuery('select', 'users')(async (id: string) => db.one(…, [id]));
 */
export const monitorDbQuery: (operation: string, table: string, options?: DbQueryOptions) => Instrument =
  createMonitorDbQuery(getMonitor);

const ai = createAiInstruments(getMonitor);

/**
 * Accounts for the calls of an AI service that a function makes: count, outcome and time, tokens, cost, and for
 * streams the time to the first token. Tokens are read from whatever the function returns or resolves to, the
 * response of any SDK or a stream of its events; what it returns does not change.
 *
 * @param service the service's name in the metrics: `openai`, `anthropic`, …
 * @param model the model, where neither the response nor the request (`{ model }` as first argument) names one
 * @param options further facts of the calls
 * @throws InvalidOptionError for a service or model that is no text
 * @example const grade = monitorAiService('openai', 'gpt-4o')(async (essay: string) => openai.chat.completions.create(…));
 */
export const monitorAiService: (service: string, model?: string, options?: AiServiceOptions) => Instrument =
  ai.monitorAiService;

/**
 * Accounts for every call that an SDK's client makes, in place: `openai` (chat, responses, embeddings, images, audio
 * and the `.stream()` helpers), `@anthropic-ai/sdk`, `@google/genai`, Bedrock, Mistral, Cohere, Ollama, a model of the package
 * `ai` or of LangChain, or any client with the methods of OpenAI's. What its methods return stays what it was.
 *
 * @param options the service's name and further facts, in place of those read from the client
 * @returns the same client
 * @throws SightlineError `SIGHTLINE_INVALID_TARGET` for a client that is not known
 * @example const openai = instrumentAiClient(new OpenAI());
 */
export const instrumentAiClient: <C extends object>(client: C, options?: AiClientOptions) => C = ai.instrumentAiClient;

/**
 * Makes a span of each call. With the attributes `function.name`, `function.module`, `success`, and on
 * failure `error.type` and `error.message`, secrets masked.
 *
 * @param name of the span; left out: the function's
 * @param attributes further attributes of the span
 * @example const parse = traceFunction('grade.parse', { 'essay.kind': 'cet4' })((text: string) => …);
 */
export const traceFunction: (name?: string, attributes?: SpanAttributes) => Instrument = createTraceFunction(
  () => getMonitor().tracing,
);

/**
 * Measures every query of a database pool or client, in place: `pg`, `mysql2`, PGlite, or anything with
 * `query()`. Operation and table are read from the SQL; values never are.
 *
 * @returns the same pool
 * @example const pool = instrumentPool(new pg.Pool({ connectionString }));
 */
export const instrumentPool: <P extends object>(pool: P, options?: InstrumentPoolOptions) => P = createInstrumentPool(getMonitor);

/**
 * Serves the shared monitor's metrics on a port of their own, which stays off the app's public one.
 *
 * @throws SightlineError `SIGHTLINE_LISTEN_FAILED` where the port can't be had
 * @example const { url } = await listenMetrics({ port: 9464 });
 */
export function listenMetrics(options: ListenMetricsOptions): Promise<MetricsServer> {
  return getMonitor().listenMetrics(options);
}

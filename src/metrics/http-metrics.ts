import type { Counter } from './counter.js';
import type { Gauge } from './gauge.js';
import type { Histogram } from './histogram.js';
import type { Exemplar } from './metric.js';
import type { Metrics } from './metrics.js';

/** One HTTP request, recorded by hand. */
export interface HttpRequest {
  /** `GET`, `POST`, …; counted as `_OTHER` where it is no known method. */
  readonly method: string;
  /** Route pattern or a name of your own; never a raw URL. */
  readonly endpoint: string;
  readonly statusCode: number;
  readonly seconds: number;
}

/** Why a response did not end by itself. */
export type AbortPhase = 'before_headers' | 'mid_stream';

/** A connection that outlives its response's headers. */
export type StreamKind = 'sse' | 'upgrade';

/** The slots of one method and endpoint. */
interface EndpointSlots {
  readonly method: string;
  readonly endpoint: string;
  readonly duration: number;
  /** -1 until there is a body: most endpoints never get one, and a series of zeros says nothing. */
  requestBytes: number;
  responseBytes: number;
  /** Status codes seen, and the slots of their counters: a few, so a scan beats a map. */
  readonly statusCodes: number[];
  readonly statusSlots: number[];
}

/** The methods OpenTelemetry knows; any other one counts as `_OTHER`. */
const METHODS = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE']);
/** Endpoints kept at hand; more of them means that something makes up names, and the list starts again. */
const CACHED_ENDPOINTS = 10_000;

/** Bounded: any method that is not well known is `_OTHER`, as OpenTelemetry has it. */
export function methodLabel(method: string | undefined): string {
  return method !== undefined && METHODS.has(method) ? method : '_OTHER';
}

/**
 * The HTTP metrics. An endpoint's slots are looked up once and kept,
 * so that a request costs two map look-ups and a few typed-array writes.
 */
export class HttpMetrics {
  readonly #metrics: Metrics;
  readonly #requests: Counter;
  readonly #duration: Histogram;
  readonly #requestBytes: Counter;
  readonly #responseBytes: Counter;
  readonly #aborted: Counter;
  readonly #inFlight: Gauge;
  readonly #streamDuration: Histogram;
  readonly #streamsOpen: Gauge;
  #endpoints = new Map<string, Map<string, EndpointSlots>>();
  #cached = 0;
  #generation = 0;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#requests = metrics.counter('http_requests_total');
    this.#duration = metrics.histogram('http_request_duration_seconds');
    this.#requestBytes = metrics.counter('http_request_bytes_total');
    this.#responseBytes = metrics.counter('http_response_bytes_total');
    this.#aborted = metrics.counter('http_requests_aborted_total');
    this.#inFlight = metrics.gauge('http_requests_in_flight');
    // Makes room for the one series, which is then written by its number.
    this.#inFlight.slot();
    this.#streamDuration = metrics.histogram('http_stream_duration_seconds');
    this.#streamsOpen = metrics.gauge('http_streams_open');
  }

  /** Records one request with what its caller knows of it. */
  recordRequest({ method, endpoint, statusCode, seconds }: HttpRequest): void {
    this.record(methodLabel(method), endpoint, statusCode, seconds, 0, 0);
  }

  /**
   * Counts one finished request.
   * @param method a {@link methodLabel}
   */
  record(
    method: string,
    endpoint: string,
    statusCode: number,
    seconds: number,
    requestBytes: number,
    responseBytes: number,
    exemplar?: Exemplar,
  ): void {
    const slots = this.#slotsOf(method, endpoint);
    this.#requests.add(this.#statusSlot(slots, statusCode));
    this.#duration.observeAt(slots.duration, seconds, exemplar);
    if (requestBytes > 0) {
      if (slots.requestBytes < 0) slots.requestBytes = this.#requestBytes.slot(method, endpoint);
      this.#requestBytes.add(slots.requestBytes, requestBytes);
    }
    if (responseBytes > 0) {
      if (slots.responseBytes < 0) slots.responseBytes = this.#responseBytes.slot(method, endpoint);
      this.#responseBytes.add(slots.responseBytes, responseBytes);
    }
  }

  /** Counts a request whose client left. */
  recordAbort(method: string, endpoint: string, phase: AbortPhase): void {
    this.#aborted.add(this.#aborted.slot(method, endpoint, phase));
  }

  /** Counts a request that begins (1) or ends (-1). */
  moveInFlight(by: 1 | -1): void {
    this.#inFlight.add(0, by);
  }

  /** Counts a stream that opens. It is answered, so it is no longer in flight: that gauge would never rest. */
  openStream(kind: StreamKind): void {
    this.moveInFlight(-1);
    this.#streamsOpen.add(this.#streamsOpen.slot(kind), 1);
  }

  /** Takes a stream back that turned out to be none: its request is answered in the ordinary way. */
  dropStream(kind: StreamKind): void {
    this.moveInFlight(1);
    this.#streamsOpen.add(this.#streamsOpen.slot(kind), -1);
  }

  /** Counts a stream that closes, with its lifetime. */
  closeStream(kind: StreamKind, endpoint: string, seconds: number): void {
    this.#streamsOpen.add(this.#streamsOpen.slot(kind), -1);
    this.#streamDuration.observeAt(this.#streamDuration.slot(endpoint, kind), seconds);
  }

  #slotsOf(method: string, endpoint: string): EndpointSlots {
    if (this.#generation !== this.#metrics.generation) this.#forget();
    const known = this.#endpoints.get(endpoint)?.get(method);
    if (known !== undefined) return known;
    if (this.#cached >= CACHED_ENDPOINTS) this.#forget();
    const slots: EndpointSlots = {
      method,
      endpoint,
      duration: this.#duration.slot(method, endpoint),
      requestBytes: -1,
      responseBytes: -1,
      statusCodes: [],
      statusSlots: [],
    };
    let byMethod = this.#endpoints.get(endpoint);
    if (byMethod === undefined) this.#endpoints.set(endpoint, (byMethod = new Map<string, EndpointSlots>()));
    byMethod.set(method, slots);
    this.#cached++;
    return slots;
  }

  #statusSlot(slots: EndpointSlots, status: number): number {
    // An app may set any number; what is no status code at all counts as 0, so the list stays bounded.
    const statusCode = status >= 100 && status <= 999 ? Math.trunc(status) : 0;
    const index = slots.statusCodes.indexOf(statusCode);
    if (index >= 0) return slots.statusSlots[index] as number;
    const slot = this.#requests.slot(slots.method, slots.endpoint, statusCode === 0 ? 'invalid' : String(statusCode));
    slots.statusCodes.push(statusCode);
    slots.statusSlots.push(slot);
    return slot;
  }

  #forget(): void {
    this.#endpoints = new Map();
    this.#cached = 0;
    this.#generation = this.#metrics.generation;
  }
}
